// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTheReadmesLinesRun runs the lines that README prints for an office for real, as they stand there, in an empty folder
// with a certificate: the office is made, serves by TLS, and stops.
func TestTheReadmesLinesRun(t *testing.T) {
	init, serve, address := readmeLines(t)
	dir := t.TempDir()
	program(t, filepath.Join(dir, "bin"))
	roots := certificateFor(t, dir, "office.example.org", "info.example.org")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // a busy machine
	defer cancel()

	made := exec.CommandContext(ctx, "sh", "-euc", init)
	made.Dir = dir
	out, err := made.CombinedOutput()
	if err != nil || strings.Count(string(out), "https://office.example.org") != 2 {
		t.Fatalf("%s: %v\n%s", init, err, out)
	}
	served := exec.CommandContext(ctx, "sh", "-euc", "exec "+serve)
	served.Dir, served.Stderr = dir, os.Stderr
	stdout, err := served.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := served.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.Contains(line, "https://") {
		t.Fatalf("%s: %v %q", serve, err, line)
	}
	for host, path := range map[string]string{"office.example.org": "/signin", "info.example.org": "/healthz"} {
		c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, network, address)
			}}}
		r, err := c.Get("https://" + host + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		_ = r.Body.Close()
		c.CloseIdleConnections()
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s%s: %d\n%s", host, path, r.StatusCode, b)
		}
	}
	if err := served.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := served.Wait(); err != nil {
		t.Errorf("%s: %v", serve, err)
	}
}

// readmeLines takes the commands out of README, and the address that they listen on.
func readmeLines(t *testing.T) (init, serve, address string) {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), "## Running an office for real")
	block := regexp.MustCompile("(?s)```\n(make build\n.*?)```").FindStringSubmatch(text)
	if block == nil {
		t.Fatal("README prints no lines for an office for real")
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(block[1], "\\\n", " ")), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "bin/entraide init ") || !strings.HasPrefix(lines[2], "bin/entraide serve ") {
		t.Fatalf("README's lines are other ones: %q", lines)
	}
	port := regexp.MustCompile(`--listen 0\.0\.0\.0:(\d+)`).FindStringSubmatch(lines[1])
	if port == nil {
		t.Fatalf("no address in %q", lines[1])
	}
	return lines[1], lines[2], "127.0.0.1:" + port[1]
}

// program puts the program under test where "make build" puts it.
func program(t *testing.T, bin string) {
	t.Helper()
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := os.Executable() // is the program when it is called so (TestMain)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, filepath.Join(bin, "entraide")); err != nil {
		t.Fatal(err)
	}
}

// certificateFor writes cert.pem and key.pem for some names, and gives who trusts them.
func certificateFor(t *testing.T, dir string, names ...string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, b := range map[string][]byte{"cert.pem": cert, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	return roots
}
