// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"context"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// ServerSetType is the entry type of the dossier kind "mail_server".
const ServerSetType = "mail_server.set"

// Security is how the line to the mail server is protected.
type Security string

// The closed list. ByStart begins in clear and goes on under TLS, or not at all. Plain is for a server on this machine alone.
const (
	ByTLS   Security = "tls"
	ByStart Security = "starttls"
	Plain   Security = "plain"
)

// Securities lists them.
func Securities() []Security { return []Security{ByTLS, ByStart, Plain} }

// Server is the payload of mail_server.set, whole each time. User and Password are sealed.
type Server struct {
	Host     string   `json:"host" part:"PI"`
	Port     int      `json:"port" part:"PI"`
	Security Security `json:"security" part:"PI"`
	From     string   `json:"from" part:"PI"` // address that letters come from
	Name     string   `json:"name" part:"PI"` // who they come from, in words
	User     string   `json:"user,omitempty" part:"PC"`
	Password string   `json:"password,omitempty" part:"PC"`
}

// Known says whether there is one.
func (s Server) Known() bool { return s.Host != "" }

// ServerKind gives the dossier kind "mail_server"; an office has one such dossier.
func ServerKind() store.Kind {
	return store.Of(store.KindOf[Server]{
		Name: access.KindMailServer, Base: journal.PI, Types: []store.Type{{Name: ServerSetType, Payload: Server{}, Overlap: []string{"host", "port", "security", "from", "name", "user", "password"}}},
		Fold: func(es []journal.Entry) (s Server, err error) {
			for _, e := range es {
				if s, err = journal.In[Server](e); err != nil {
					return Server{}, err
				}
			}
			return s, nil
		},
		Guard: func(g *store.Guarding, _ Server, e journal.Entry) error {
			v, err := journal.In[Server](e)
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "fault.invalid")
			}
			if e.Dossier != ServerRef(g.Owner).ID {
				return fault.New(fault.NotFound, "store.not_found")
			}
			return v.check()
		},
		Derive: func(Server) store.Derived { return store.Derived{State: "set"} },
	})
}

// ServerRef names the dossier.
func ServerRef(owner journal.ID) store.Ref {
	return store.Ref{Kind: access.KindMailServer, ID: provenance.ID("mail_server", owner.String())}
}

// ReadServer gives the server as somebody may see it; the zero Server when there is none.
func ReadServer(ctx context.Context, s *store.Store, w store.Who) (Server, error) {
	o, err := s.Open(ctx, w, ServerRef(w.Actor.Owner))
	if fault.Is(err, fault.NotFound) {
		return Server{}, nil
	}
	if err != nil {
		return Server{}, err
	}
	return o.State.(Server), nil
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

func (v Server) check() error {
	var fs fault.Fields
	if !hostForm.MatchString(v.Host) {
		fs.Add("host", "subscriber.need.host")
	}
	if v.Port < 1 || v.Port > 65535 {
		fs.Add("port", "subscriber.need.port")
	}
	if !slices.Contains(Securities(), v.Security) {
		fs.Add("security", "programme.need.choice")
	}
	if v.Security == Plain && !here(v.Host) {
		fs.Add("security", "subscriber.need.tls")
	}
	if _, err := ParseAddress(v.From); err != nil {
		fs.Add("from", "party.email.form")
	}
	if v.Name == "" || len(v.Name) > 100 || strings.ContainsAny(v.Name, "\r\n") {
		fs.Add("name", "subscriber.need.name")
	}
	if len(v.User) > 254 || len(v.Password) > 254 || strings.ContainsAny(v.User+v.Password, "\r\n\x00") {
		fs.Add("user", "subscriber.need.user")
	}
	return fs.Err()
}

// here says whether a host is this machine.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
