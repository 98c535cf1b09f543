// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// workers is how many case managers share the files; clients are spread over them, and each opens only their own.
const workers = 8

// password of the invented workers of an office that lives as long as the measurement.
const password = "measured-and-thrown-away"

// folder makes an office's data folder, with its key file beside the data as nobody should who means it.
func folder(dir string, kind access.OfficeKind, demo bool) (app.Folder, error) {
	f := app.Folder(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f, err
	}
	to, err := vault.GenerateKeyFile(filepath.Join(dir, "bench.key"))
	if err != nil {
		return f, err
	}
	owner := app.NewOwner("Measured office (fictitious)", kind, "GR", "Europe/Athens", "en", time.Now().AddDate(0, 0, -1))
	return f, app.Create(f, app.Settings{Listen: "127.0.0.1:0", URL: "http://127.0.0.1:0", Unlock: "keyfile", KeyFile: "bench.key", Demo: demo, Owners: []app.Owner{owner}}, to)
}

// office is a running entraide process with signed-in workers.
type office struct {
	folder  app.Folder
	process *process
	at      string
	ids     []journal.ID // of the workers
	header  []string     // cookies, by worker
	clients []*officeClient
}

// officeClient is what one client knows; only its own goroutine touches it.
type officeClient struct {
	people *invented
	files  []journal.ID
	pick   func(n int) int
}

var errNotRunning = errors.New("bench: the office is not running")

// serve starts an office's process on a folder and signs the workers in.
func serve(ctx context.Context, program string, f app.Folder, clients int, seed uint64, extra ...string) (*office, error) {
	var ready struct{ Ready string }
	p, err := launch(ctx, &ready, program, append([]string{"serve", string(f), "--json"}, extra...)...)
	if err != nil {
		return nil, err
	}
	o := &office{folder: f, process: p, at: ready.Ready}
	for i := range clients {
		v := newInvented(seed, uint64(i))
		o.clients = append(o.clients, &officeClient{people: v, pick: v.r.IntN})
	}
	if err := o.signIn(ctx); err != nil {
		return nil, errors.Join(err, o.stop())
	}
	return o, nil
}

// signIn makes the workers, who are there already on a folder that was used before, and signs each in.
func (o *office) signIn(ctx context.Context) error {
	in := app.SeedIn{}
	for i := range workers {
		in.People = append(in.People, identity.Seeded{Name: fmt.Sprintf("Worker %d (fictitious)", i), Login: login(i), Password: password, Roles: []access.Role{access.CaseManager}, Zone: "Europe/Athens", Language: "en"})
	}
	if err := app.Ask(ctx, o.folder, "demo.seed", in, &o.ids, func() (*app.Node, error) { return nil, errNotRunning }); err != nil {
		return err
	}
	for i := range workers {
		header, err := session(o.at, login(i))
		if err != nil {
			return err
		}
		o.header = append(o.header, header)
	}
	return nil
}

// session signs somebody in and gives the header with which they come.
func session(at, login string) (string, error) {
	body, err := json.Marshal(map[string]string{"login": login, "password": password})
	if err != nil {
		return "", err
	}
	_, h, err := once(at, request{method: "POST", path: "/api/v1/session", body: body})
	if err != nil {
		return "", err
	}
	cookie, _, _ := bytes.Cut([]byte(h.Get("Set-Cookie")), []byte(";"))
	return "Cookie: " + string(cookie) + "\r\n", nil
}

func login(i int) string { return fmt.Sprintf("worker%d", i) }

func (o *office) name() string         { return "entraide" }
func (o *office) address() string      { return o.at }
func (o *office) stop() error          { return o.process.stop() }
func (o *office) spent() time.Duration { return o.process.spent() }

// registration is the body of POST /people.
type registration struct {
	casework.Registered
	None     bool              `json:"none"`
	Identity casework.Identity `json:"identity"`
	Contact  casework.Contact  `json:"contact"`
}

// appended is the body of POST /dossiers/person/{id}/entries.
type appended struct {
	ID      journal.ID `json:"id"`
	Type    string     `json:"type"`
	Payload any        `json:"payload"`
}

func (o *office) call(op Op, client int) (request, error) {
	c := o.clients[client]
	q := request{method: "GET", header: o.header[client%workers]}
	var body any
	switch op {
	case Create:
		r, i, n := c.people.next()
		q.method, q.path, body = "POST", "/api/v1/people?purpose=assistance", registration{r, true, i, n}
	case Get:
		q.path = "/api/v1/dossiers/person/" + c.any().String() + "?purpose=assistance"
	case List:
		q.path = "/api/v1/dossiers/person?purpose=assistance"
	case Named:
		q.path = "/api/v1/dossiers/person?purpose=assistance&show=D1,D2"
	case Update:
		_, _, n := c.people.next()
		q.method, q.path = "POST", "/api/v1/dossiers/person/"+c.any().String()+"/entries?purpose=assistance"
		body = appended{journal.NewID(time.Now(), rand.Reader), "person.contact", n}
	case Whole, Typed, Given:
		q.method, q.path = "POST", "/api/v1/people/search?purpose=assistance"
		body = map[string]string{"text": c.people.typed(op)}
	}
	var err error
	if body != nil {
		q.body, err = json.Marshal(body)
	}
	return q, err
}

func (c *officeClient) any() journal.ID { return c.files[c.pick(len(c.files))] }

func (o *office) done(op Op, client int, answer []byte) error {
	if op != Create {
		return nil
	}
	var made struct{ ID journal.ID }
	if err := json.Unmarshal(answer, &made); err != nil {
		return err
	}
	c := o.clients[client]
	c.files = append(c.files, made.ID)
	return nil
}
