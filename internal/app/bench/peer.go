// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// peer is another program with records of the same content, behind the API of PocketBase.
type peer struct {
	process *process
	ready   Peer
	header  string
	clients []*peerClient
}

// Peer is what the peer says of itself when it is ready.
type Peer struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Synchronous string `json:"synchronous"`
	Address     string `json:"address"`
	Token       string `json:"token"`
}

type peerClient struct {
	people *invented
	ids    []string
}

// startPeer starts the peer's command on an empty folder.
func startPeer(ctx context.Context, command []string, dir string, level string, clients int, seed uint64) (*peer, error) {
	p := &peer{}
	var err error
	if p.process, err = launch(ctx, &p.ready, command[0], append(command[1:], dir, level)...); err != nil {
		return nil, err
	}
	p.header = "Authorization: " + p.ready.Token + "\r\n"
	for i := range clients {
		p.clients = append(p.clients, &peerClient{people: newInvented(seed, uint64(i))})
	}
	return p, nil
}

func (p *peer) name() string         { return "peer, synchronous=" + p.ready.Synchronous }
func (p *peer) address() string      { return p.ready.Address }
func (p *peer) stop() error          { return p.process.stop() }
func (p *peer) spent() time.Duration { return p.process.spent() }

// record is a person's file in plain columns.
type record struct {
	Code        string              `json:"code"`
	Territory   string              `json:"territory"`
	Age         string              `json:"age"`
	Sex         string              `json:"sex"`
	Languages   []string            `json:"languages"`
	Names       string              `json:"names"`
	Born        string              `json:"born"`
	Nationality string              `json:"nationality"`
	Documents   []casework.Document `json:"documents"`
	reach
}

// reach is what an update changes.
type reach struct {
	SafeToCall casework.Safe `json:"safe_to_call"`
	SafeName   string        `json:"safe_name"`
	Channel    string        `json:"channel"`
	Number     string        `json:"number"`
	Hours      string        `json:"hours"`
	CodeWord   string        `json:"code_word"`
}

func reachOf(n casework.Contact) reach {
	return reach{n.SafeToCall, n.SafeName, n.Channel, n.Number, n.Hours, n.CodeWord}
}

func (p *peer) call(op Op, client int) (request, error) {
	const records = "/api/collections/people/records"
	c := p.clients[client]
	q := request{method: "GET", header: p.header}
	var body any
	switch op {
	case Create:
		r, i, n := c.people.next()
		q.method, q.path = "POST", records
		body = record{r.Code, r.Territory, r.Age, r.Sex, r.Languages, i.Names[0], i.Born, i.Nationality, i.Documents, reachOf(n)}
	case Get:
		q.path = records + "/" + c.any()
	case List, Named:
		q.path = records + "?sort=-updated&perPage=50&skipTotal=1"
	case Update:
		_, _, n := c.people.next()
		q.method, q.path, body = "PATCH", records+"/"+c.any(), reachOf(n)
	}
	var err error
	if body != nil {
		q.body, err = json.Marshal(body)
	}
	return q, err
}

func (c *peerClient) any() string { return c.ids[rand.IntN(len(c.ids))] }

func (p *peer) done(op Op, client int, answer []byte) error {
	if op != Create {
		return nil
	}
	var made struct{ ID string }
	if err := json.Unmarshal(answer, &made); err != nil {
		return err
	}
	c := p.clients[client]
	c.ids = append(c.ids, made.ID)
	return nil
}
