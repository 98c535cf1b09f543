# SPDX-License-Identifier: EUPL-1.2
"""Opens and verifies sealed post from docs/protocol.md alone, with nothing but Python's standard library: not fast, not
constant-time, not for secrets. Usage: reader.py vectors.json, where the vectors are of messages or of courier files"""
import base64, hashlib, hmac, json, struct, sys
sys.dont_write_bytecode = True
from primitives import Refused, expand, extract, mlkem_open, need, opened, signed_by, x25519

# age: identity, header, payload.
def identity(text):
    data = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(c) for c in text.lower().rpartition("1")[2]][:-6]
    n = 0
    for v in data: n = n << 5 | v
    return (n >> len(data) * 5 % 8).to_bytes(len(data) * 5 // 8, "big")
def unb64(s): return base64.b64decode(s + "=" * (-len(s) % 4), validate=True)
def file_key(seed, arg, body):
    enc = unb64(arg); need(len(enc) == 1120, "no hybrid stanza")
    keys = hashlib.shake_256(seed).digest(96) # the seeds of ML-KEM, then X25519's key
    ct, sk = enc[1088:], keys[64:]
    shared = hashlib.sha3_256(mlkem_open(keys[:32], enc[:1088]) + x25519(sk, ct) + ct + x25519(sk, (9).to_bytes(32, "little")) + rb"\.//^\ "[:-1]).digest()
    suite = b"HPKE" + struct.pack(">HHH", 0x647a, 1, 3)
    hx = lambda salt, label, ikm: extract(salt, b"HPKE-v1" + suite + label + ikm)
    hp = lambda prk, label, info, n: expand(prk, struct.pack(">H", n) + b"HPKE-v1" + suite + label + info, n)
    context = b"\0" + hx(b"", b"psk_id_hash", b"") + hx(b"", b"info_hash", b"age-encryption.org/mlkem768x25519")
    secret = hx(shared, b"secret", b"")
    return opened(hp(secret, b"key", context, 32), hp(secret, b"base_nonce", context, 12), body)
def unseal(sealed, seed):
    head, found, rest = sealed.partition(b"\n--- ")
    need(found and head.startswith(b"age-encryption.org/v1\n-> mlkem768x25519 "), "not sealed as offices seal")
    mac, _, payload = rest.partition(b"\n")
    stanza = head.split(b"\n")[1:]
    key = file_key(seed, stanza[0].split(b" ")[2].decode(), unb64(b"".join(stanza[1:]).decode()))
    want = hmac.digest(expand(extract(b"", key), b"header", 32), head + b"\n---", "sha256")
    need(hmac.compare_digest(unb64(mac.decode()), want), "the seal's head was changed")
    return chunks(expand(extract(payload[:16], key), b"payload", 32), payload, 16)
def chunks(stream, payload, at):
    out, n = b"", 0
    while True:
        last = len(payload) - at <= 65552
        out += opened(stream, n.to_bytes(11, "big") + bytes([last]), payload[at:at+65552])
        at, n = at + 65552, n + 1
        if last: return out

# The envelope, the card, the receipt.
MAGIC = b"entraide-post/1\n"
def envelope(raw):
    need(raw.startswith(MAGIC) and len(raw) >= len(MAGIC) + 72, "no envelope")
    n = struct.unpack(">I", raw[16:20])[0]; head = raw[20:20+n]
    need(n <= 65536 and len(raw) >= 24 + n + 64, "frames")
    m = struct.unpack(">I", raw[20+n:24+n])[0]; body = raw[24+n:24+n+m]
    need(len(raw) == 24 + n + m + 64, "frames")
    h = json.loads(head)
    need(json.dumps(h, separators=(",", ":"), ensure_ascii=False).encode() == head, "not canonical")
    return h, body, raw[:-64], raw[-64:]
def card(c):
    body = json.dumps({k: v for k, v in c.items() if k != "signature"}, separators=(",", ":"), ensure_ascii=False).encode()
    key = base64.b64decode(c["sign"])
    need(signed_by(key, b"entraide card v1\n" + body, base64.b64decode(c["signature"])), "the card's signature")
    return key, hashlib.sha256(b"entraide fingerprint v1\n" + bytes.fromhex(c["office"].replace("-", "")) + (c["sign"] + "\n" + c["seal"] + "\n").encode()).hexdigest()
# Courier files, as files and as codes.
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
def parts(b):
    need(b.startswith(b"entraide-pouch/1\n"), "no courier file")
    at = 17
    while (at := b.find(b"\nPART", at)) >= 0:
        n = struct.unpack(">I", b[at+6:at+10])[0] if len(b) >= at + 42 else 0
        if hashlib.sha256(b[at+5:at+10] + b[at+42:at+42+n]).digest() == b[at+10:at+42] and len(b) >= at + 42 + n:
            yield b[at+5:at+6], b[at+42:at+42+n]; at += 42 + n
        else: at += 1
def pouches(vs):
    seed, (sender, _) = identity(vs["seal_key"]), card(vs["sender"])
    for v in vs["pouches"]:
        b = base64.b64decode(v["file"]) if "file" in v else scanned(v["codes"]) if "codes" in v else typed(v["typed"].split("\n")[:-1])
        found, count, last = {b"m": [], b"r": []}, 0, None
        for sort, content in parts(b):
            last = sort
            if sort == b"e": last = sort if struct.unpack(">I", content)[0] == count else None; continue
            count += 1
            try: raw = unseal(content, seed)
            except Refused: need(not v["opens"], v["name"] + ": a part does not open"); continue
            if sort == b"m":
                h, _, signed, sig = envelope(raw); need(signed_by(sender, signed, sig) and h["to"] == vs["office"], v["name"] + ": a message"); found[sort].append(h["id"])
            while sort == b"r" and raw:
                n = struct.unpack(">I", raw[:4])[0]; r, raw = raw[4:4+n], raw[4+n:]
                need(signed_by(sender, b"entraide-receipt/1\n" + r[64:], r[:64]), v["name"] + ": a receipt"); found[sort].append(json.loads(r[64:])["message"])
        need(found == {b"m": v["messages"], b"r": v["receipts"]} and (last == b"e") != v["cut"], v["name"] + ": " + str(found))
    print(len(vs["pouches"]), "courier files, all as written")
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
    need(hashlib.sha256(sealed).hexdigest() == p["hash"] and len(sealed) == p["size"] and chunks(bytes.fromhex(p["key"]), sealed, 0) == base64.b64decode(p["plain"]), "the parcel")
    need(signed_by(sender, b"entraide-parcel/1\n" + t[64:], t[:64]) and json.loads(t[64:])["hash"] == p["hash"], "its ticket")
def main(path):
    vs = json.load(open(path))
    if "pouches" in vs: return pouches(vs)
    seed = identity(vs["seal_key"])
    (sender, sender_print), (recipient, recipient_print) = card(vs["sender"]), card(vs["recipient"])
    terms = b"entraide terms v1\n" + json.dumps(vs["terms"], separators=(",", ":"), ensure_ascii=False).encode()
    for key, sig in zip((sender, recipient), vs["terms_signatures"]): need(signed_by(key, terms, base64.b64decode(sig)), "the terms' signature")
    need([p["fingerprint"] for p in vs["terms"]["parties"]] == [sender_print, recipient_print], "fingerprints")
    for v in vs["vectors"]:
        if "sealed" not in v: continue
        try:
            h, body, signed, sig = envelope(unseal(base64.b64decode(v["sealed"]), seed))
            need(h["from"] == vs["sender"]["office"] and signed_by(sender, signed, sig), "the sender's signature")
            verdict = "attributed"
        except (Refused, ValueError) as e: verdict = str(e)
        if v["outcome"] == "none" and not v["name"].startswith(("clock", "text", "a category", "replayed")): need(verdict != "attributed", v["name"] + ": should not open")
        elif v["outcome"] != "none":
            need(verdict == "attributed" and h == v["header"] and base64.b64encode(body).decode() == v.get("body", ""), v["name"] + ": " + verdict)
            need(hashlib.sha256(signed).hexdigest() == v["hash"], v["name"] + ": hash")
            r = base64.b64decode(v["receipt"]["bytes"])
            need(signed_by(recipient, b"entraide-receipt/1\n" + r[64:], r[:64]), v["name"] + ": the receipt's signature")
            r = json.loads(r[64:]); need((r["status"], r.get("reason", ""), r["hash"]) == (v["outcome"], v.get("reason", ""), v["hash"]), v["name"] + ": receipt")
            if v["name"].startswith("valid"): need(h["terms"] == hashlib.sha256(terms).hexdigest() and h["to"] == vs["recipient"]["office"], "terms")
    parcel(vs["parcel"], sender)
    batch(vs["batch"], {v["name"]: v for v in vs["vectors"]})
    print(len(vs["vectors"]), "vectors, all as written")

main(sys.argv[1])
