// SPDX-License-Identifier: EUPL-1.2

package load

import (
	"fmt"
	"reflect"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/party"
)

type date = party.PartialDate

// file is a programme's file, version 1. A field that is null or left out is not known.
type file struct {
	Version       int            `yaml:"schema_version"`
	Source        fileSource     `yaml:"source"`
	Programme     fileProgramme  `yaml:"programme"`
	Schemes       []fileScheme   `yaml:"schemes"`
	Pillars       []filePillar   `yaml:"four_ps"`
	Priorities    []filePriority `yaml:"priorities"`
	Countries     []fileCountry  `yaml:"countries"`
	Organisations []fileOrg      `yaml:"organisations"`
	People        []filePerson   `yaml:"people"`
	Activities    []fileActivity `yaml:"activities"`
	Mechanisms    []fileNamed    `yaml:"mechanisms"`
	Instruments   []fileNamed    `yaml:"instruments"`
	Publications  []filePublic   `yaml:"publications"`
	Findings      []string       `yaml:"data_quality_findings"`
	Counts        *fileCounts    `yaml:"counts"`
}

type fileSource struct {
	Kind     string     `yaml:"kind"`
	Title    string     `yaml:"title"`
	Masthead string     `yaml:"masthead"`
	Date     date       `yaml:"publication_date"`
	Window   fileWindow `yaml:"publication_window_inferred"`
	Language string     `yaml:"language"`
	From     fileFrom   `yaml:"translated_from_inferred"`
}

type fileWindow struct {
	From date   `yaml:"from"`
	To   date   `yaml:"to"`
	Why  string `yaml:"why"`
}

type fileFrom struct {
	Lang string `yaml:"lang"`
	Why  string `yaml:"why"`
}

type fileProgramme struct {
	ID            string     `yaml:"id"`
	Title         string     `yaml:"title"`
	Year          int        `yaml:"year"`
	ReportingYear int        `yaml:"reporting_year"`
	Lead          string     `yaml:"lead"`
	Implementer   string     `yaml:"implementer"`
	Objective     string     `yaml:"main_objective"`
	Goals         []fileGoal `yaml:"stated_goals"`
	Modalities    []string   `yaml:"modalities"`
	Budget        *int64     `yaml:"budget_total"`
	Currency      string     `yaml:"currency"`
	Lines         string     `yaml:"lines"`
}

type fileGoal struct {
	ID    string `yaml:"id"`
	Text  string `yaml:"text"`
	Lines string `yaml:"lines"`
}

type fileScheme struct {
	ID         string   `yaml:"id"`
	Title      string   `yaml:"title"`
	Adopted    date     `yaml:"adopted"`
	Launched   date     `yaml:"launched"`
	Period     string   `yaml:"period"`
	Variants   []string `yaml:"period_variants"`
	Actions    []string `yaml:"international_actions"`
	Measures   []int    `yaml:"measures_cited"`
	Component  string   `yaml:"component"`
	Content    []string `yaml:"content"`
	CountryTip string   `yaml:"countries_note"`
	Lines      string   `yaml:"lines"`
}

type filePillar struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
}

type filePriority struct {
	N            int    `yaml:"n"`
	Title        string `yaml:"title"`
	Heading      string `yaml:"heading"`
	CrossCutting bool   `yaml:"cross_cutting"`
	Lines        string `yaml:"lines"`
}

type fileCountry struct {
	Code     string   `yaml:"code"`
	Name     string   `yaml:"name"`
	InSource string   `yaml:"name_in_source"`
	Aliases  []string `yaml:"aliases"`
	Role     string   `yaml:"role"`
	EU       *bool    `yaml:"eu_2021"`
	Note     string   `yaml:"note"`
}

type fileOrg struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Country string `yaml:"country"`
	Type    string `yaml:"type"`
	Parent  string `yaml:"parent"`
	IATI    string `yaml:"iati_org_id"`
	Lines   string `yaml:"lines"`
}

type filePerson struct {
	Role  string    `yaml:"role"`
	In    fileTitle `yaml:"role_in"` // translated, by us
	Org   string    `yaml:"org"`
	Name  string    `yaml:"name_in_source"`
	Count *int      `yaml:"count"`
	Lines string    `yaml:"lines"`
}

// fileTitle is a text in the languages of the house.
type fileTitle struct {
	EN string `yaml:"en"`
	FR string `yaml:"fr"`
}

type filePartner struct {
	Org  string `yaml:"org"`
	Role string `yaml:"role"`
	Note string `yaml:"note"`
}

type fileCorridor struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

type fileNumber struct {
	Qualifier string `yaml:"qualifier"`
	N         *int64 `yaml:"n"`
}

type fileActivity struct {
	ID            string        `yaml:"id"`
	Kind          string        `yaml:"kind"`
	Title         string        `yaml:"title"`
	TitleNote     string        `yaml:"title_note"`
	Priorities    []int         `yaml:"priorities"`
	Pillars       []string      `yaml:"four_ps_derived"`
	Status        string        `yaml:"status"`
	Start         date          `yaml:"date_start"`
	End           date          `yaml:"date_end"`
	DateNote      string        `yaml:"date_note"`
	DateInferred  date          `yaml:"date_inferred"`
	Since         date          `yaml:"since"`
	LastPhase     date          `yaml:"last_phase_launched"`
	Call          date          `yaml:"call_for_projects"`
	Phase         int           `yaml:"phase"`
	Format        string        `yaml:"format"`
	Scope         string        `yaml:"scope"`
	Region        string        `yaml:"region"`
	Countries     []string      `yaml:"countries"`
	Corridor      *fileCorridor `yaml:"corridor_derived"`
	Partners      []filePartner `yaml:"partners"`
	Funder        string        `yaml:"funder"`
	Amount        *int64        `yaml:"amount"`
	Basis         string        `yaml:"basis"`
	Participants  *fileNumber   `yaml:"participants"`
	FromCountries *int64        `yaml:"participating_countries"`
	PartOf        string        `yaml:"part_of"`
	DependsOn     []string      `yaml:"depends_on"`
	AuthorRole    string        `yaml:"author_role"`
	Author        string        `yaml:"author_in_source"`
	Rank          string        `yaml:"rank"`
	FollowUp      string        `yaml:"follow_up"`
	Note          string        `yaml:"note"`
	Objectives    []string      `yaml:"objectives"`
	Components    []string      `yaml:"components"`
	Aims          []string      `yaml:"aims"`
	Topics        []string      `yaml:"topics"`
	Beneficiaries []string      `yaml:"beneficiaries"`
	Audience      []string      `yaml:"audience"`
	Observations  []string      `yaml:"observations"`
	Outputs       []string      `yaml:"outputs"`
	Lines         string        `yaml:"lines"`
}

type fileNamed struct {
	ID    string `yaml:"id"`
	Name  string `yaml:"name"`
	Note  string `yaml:"note"`
	Lines string `yaml:"lines"`
}

type filePublic struct {
	Title string `yaml:"title"`
	Claim string `yaml:"claim"`
	Lines string `yaml:"lines"`
}

// fileCounts is what the file says of itself; a difference means that something was lost on the way.
type fileCounts struct {
	Partners  *int `yaml:"countries_partner"`
	Themes    *int `yaml:"priorities"`
	Workshops *int `yaml:"workshops"`
	Held      *int `yaml:"workshops_held"`
	Scheduled *int `yaml:"workshops_scheduled"`
	Planned   *int `yaml:"workshops_planned"`
	Grants    *int `yaml:"ngo_grants"`
	Grantees  *int `yaml:"ngo_grantees"`
	Projects  *int `yaml:"io_projects"`
	Studies   *int `yaml:"studies"`
	Trainings *int `yaml:"magistrate_trainings"`
}

// parse reads and checks a file. The error is an Error.
func parse(src []byte) (file, error) {
	var f file
	if len(src) > MaxFile {
		return f, Error{{0, "", fmt.Sprintf("the file is larger than %d bytes", MaxFile)}}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return f, Error{{yamlLine(err), "", "this is not YAML"}}
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		return f, Error{{0, "", "the file is empty"}}
	}
	d := &decoder{lines: map[string]int{}}
	d.into(root.Content[0], reflect.ValueOf(&f).Elem(), "", 0)
	if len(d.wrong) == 0 {
		(&checker{d, f}).all()
	}
	if len(d.wrong) > 0 {
		return f, d.wrong
	}
	return f, nil
}

var yamlAt = regexp.MustCompile(`line (\d+)`)

// yamlLine finds the line in the library's message, which itself may quote the file and is not passed on.
func yamlLine(err error) int {
	n := 0
	if m := yamlAt.FindStringSubmatch(err.Error()); m != nil {
		_, _ = fmt.Sscan(m[1], &n) // digits, or 0
	}
	return n
}
