# SPDX-License-Identifier: EUPL-1.2
"""Holds reader.py, and what it leaves out of docs/protocol.md (terms, receipts that answer, batches, parcels, printed codes), against
the vectors. Usage: vectors.py FILE, where the vectors are of messages or of courier files."""
import base64, hashlib, json, struct, sys
sys.dont_write_bytecode = True
from reader import Refused, canonical, card, chunks, courier_file, envelope, identity, need, signed_by, unseal

def fingerprint(c):
    return hashlib.sha256(b"entraide fingerprint v1\n" + bytes.fromhex(c["office"].replace("-", "")) + (c["sign"] + "\n" + c["seal"] + "\n").encode()).hexdigest()

# Courier files as codes and as text.
SIGNS = "0123456789BCDFGHJKMNPQRSTVWXYZ+%"
def spelled(b):
    n = int.from_bytes(b, "big") << -len(b) * 8 % 5
    return "".join(SIGNS[n >> 5 * i & 31] for i in reversed(range((len(b) * 8 + 4) // 5)))
def check(s, n): return spelled(hashlib.sha256(s.encode() if isinstance(s, str) else s).digest())[:n]
def unspelled(set, text):
    n = len(text) * 5
    b = (sum(SIGNS.index(c) << 5 * i for i, c in enumerate(reversed(text))) >> n % 8).to_bytes(n // 8, "big")
    need(check(b, 4) == set, "the codes do not fit each other")
    return b
def scanned(codes):
    text = {}
    for f in (c.split(".") for c in codes):
        need(f[0] == "EP1" and check(".".join(f[:5]), 4) == f[5], "a code's check"); text[int(f[2])] = f[4]
    return unspelled(f[1], "".join(text[k] for k in sorted(text)))
def typed(lines):
    _, set, count, c = lines[0].split()
    text = ""
    need(check(f"EP1.{set}.{count}", 3) == c and len(lines) == int(count) + 1, "the head")
    for line in lines[1:]:
        number, *groups, c = line.split()
        need(check(f"EP1.{set}.{count}.{number}." + "".join(groups), 3) == c, "line " + number); text += "".join(groups)
    return unspelled(set, text)
def pouches(vs):
    seed, sender = identity(vs["seal_key"]), card(vs["sender"])
    for v in vs["pouches"]:
        b = base64.b64decode(v["file"]) if "file" in v else scanned(v["codes"]) if "codes" in v else typed(v["typed"].split("\n")[:-1])
        found = courier_file(b, seed, sender)
        need(found == {"messages": v["messages"], "receipts": v["receipts"], "pieces": v.get("pieces", []), "shut": 0 if v["opens"] else 1, "whole": not v["cut"]}, v["name"] + ": " + str(found))
    print(len(vs["pouches"]), "courier files, all as written")

# Messages, and what must come of them.
def batch(b, by):
    def parts(data, head):
        while data:
            n = struct.unpack(">I", data[head-4:head])[0]; need(len(data) >= head + n, "a cut frame")
            yield data[:head-4], data[head:head+n]
            data = data[head+n:]
    sent, got = list(parts(base64.b64decode(b["request"]), 4)), list(parts(base64.b64decode(b["response"]), 10))
    need([base64.b64encode(s).decode() for _, s in sent] == [by[n]["sealed"] for n in b["names"]], "the batch's request")
    for name, (head, receipt) in zip(b["names"], got, strict=True):
        need(struct.unpack(">H", head[:2])[0] == by[name]["status"] and base64.b64encode(receipt).decode() == by[name].get("receipt", {}).get("bytes", ""), "the batch's response")
def parcel(p, sender):
    sealed, t = base64.b64decode(p["sealed"]), base64.b64decode(p["ticket"])
    need(hashlib.sha256(sealed).hexdigest() == p["hash"] and len(sealed) == p["size"] and chunks(bytes.fromhex(p["key"]), sealed) == base64.b64decode(p["plain"]), "the parcel")
    signed_by(sender, b"entraide-parcel/1\n" + t[64:], t[:64])
    need(json.loads(t[64:])["hash"] == p["hash"], "its ticket")
def main(path):
    vs = json.load(open(path))
    if "pouches" in vs: return pouches(vs)
    seed = identity(vs["seal_key"])
    sender, recipient = card(vs["sender"]), card(vs["recipient"])
    terms = b"entraide terms v1\n" + canonical(vs["terms"])
    for key, sig in zip((sender, recipient), vs["terms_signatures"]): signed_by(key, terms, base64.b64decode(sig))
    need([p["fingerprint"] for p in vs["terms"]["parties"]] == [fingerprint(vs["sender"]), fingerprint(vs["recipient"])], "fingerprints")
    for v in vs["vectors"]:
        if "sealed" not in v: continue
        try:
            h, body, signed, sig = envelope(unseal(base64.b64decode(v["sealed"]), seed))
            need(h["from"] == vs["sender"]["office"], "the sender")
            signed_by(sender, signed, sig)
            verdict = "attributed"
        except (Refused, ValueError) as e: verdict = str(e)
        if v["outcome"] == "none" and not v["name"].startswith(("clock", "text", "a category", "replayed")): need(verdict != "attributed", v["name"] + ": should not open")
        elif v["outcome"] != "none":
            need(verdict == "attributed" and h == v["header"] and base64.b64encode(body).decode() == v.get("body", ""), v["name"] + ": " + verdict)
            need(hashlib.sha256(signed).hexdigest() == v["hash"], v["name"] + ": hash")
            r = base64.b64decode(v["receipt"]["bytes"])
            signed_by(recipient, b"entraide-receipt/1\n" + r[64:], r[:64])
            r = json.loads(r[64:]); need((r["status"], r.get("reason", ""), r["hash"]) == (v["outcome"], v.get("reason", ""), v["hash"]), v["name"] + ": receipt")
            if v["name"].startswith("valid"): need(h["terms"] == hashlib.sha256(terms).hexdigest() and h["to"] == vs["recipient"]["office"], "terms")
    parcel(vs["parcel"], sender)
    batch(vs["batch"], {v["name"]: v for v in vs["vectors"]})
    print(len(vs["vectors"]), "vectors, all as written")

main(sys.argv[1])
