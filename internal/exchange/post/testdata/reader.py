# SPDX-License-Identifier: EUPL-1.2
"""Opens and verifies sealed post from docs/protocol.md alone, with nothing but Python's standard library: not fast, not
constant-time, not for secrets. Usage: reader.py vectors.json, where the vectors are of messages or of courier files"""
import base64, hashlib, hmac, json, struct, sys
from datetime import datetime, timedelta

class Refused(Exception): pass
def need(ok, why):
    if not ok: raise Refused(why)

# ML-KEM-768 (FIPS 203), opening only; a wrong ciphertext gives a wrong key, which the seal that it opens then shows.
Q, K = 3329, 3
ZETA = [pow(17, int(f"{i:07b}"[::-1], 2), Q) for i in range(128)]
GAMMA = [pow(17, 2 * int(f"{i:07b}"[::-1], 2) + 1, Q) for i in range(128)]
def bits(b, d): # little-endian fields of d bits
    n = int.from_bytes(b, "little")
    return [n >> (d * i) & (1 << d) - 1 for i in range(len(b) * 8 // d)]
def unbits(f, d): return sum(v << (d * i) for i, v in enumerate(f)).to_bytes(len(f) * d // 8, "little")
def ntt(f):
    f, i, size = f[:], 1, 128
    while size >= 2:
        for start in range(0, 256, 2 * size):
            for j in range(start, start + size):
                t = ZETA[i] * f[j + size]
                f[j], f[j + size] = (f[j] + t) % Q, (f[j] - t) % Q
            i += 1
        size //= 2
    return f
def intt(f):
    f, i, size = f[:], 127, 2
    while size <= 128:
        for start in range(0, 256, 2 * size):
            for j in range(start, start + size):
                t = f[j]
                f[j], f[j + size] = (t + f[j + size]) % Q, ZETA[i] * (f[j + size] - t) % Q
            i -= 1
        size *= 2
    return [v * 3303 % Q for v in f]
def times(a, b):
    out = []
    for i in range(128):
        (a0, a1), (b0, b1) = a[2*i:2*i+2], b[2*i:2*i+2]
        out += [(a0 * b0 + a1 * b1 * GAMMA[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out
def dot(us, vs): return [sum(c) % Q for c in zip(*(times(u, v) for u, v in zip(us, vs)))]
def uniform(seed): # SampleNTT
    stream, out, at = hashlib.shake_128(seed).digest(1344), [], 0
    while len(out) < 256:
        d1, d2 = bits(stream[at:at+3], 12)
        out += [d for d in (d1, d2) if d < Q]
        at += 3
    return out[:256]
def noise(seed): # SamplePolyCBD, eta 2
    b = bits(hashlib.shake_256(seed).digest(128), 1)
    return [(b[4*i] + b[4*i+1] - b[4*i+2] - b[4*i+3]) % Q for i in range(256)]
def mlkem_open(d, ciphertext):
    g = hashlib.sha3_512(d + bytes([K])).digest()
    s = [ntt(noise(g[32:] + bytes([i]))) for i in range(K)]
    e = [ntt(noise(g[32:] + bytes([K + i]))) for i in range(K)]
    a = [[uniform(g[:32] + bytes([j, i])) for j in range(K)] for i in range(K)]
    t = [[(x + y) % Q for x, y in zip(dot(a[i], s), e[i])] for i in range(K)]
    public = b"".join(unbits(p, 12) for p in t) + g[:32]
    u = [[(v * Q + 512) >> 10 for v in bits(ciphertext[320*i:320*i+320], 10)] for i in range(K)]
    v = [(x * Q + 8) >> 4 for x in bits(ciphertext[960:], 4)]
    w = [(x - y) % Q for x, y in zip(v, intt(dot(s, [ntt(p) for p in u])))]
    m = unbits([((x * 4 + Q) // (2 * Q)) & 1 for x in w], 1)
    return hashlib.sha3_512(m + hashlib.sha3_256(public).digest()).digest()[:32]

# Curve25519: X25519 (RFC 7748) and Ed25519 (RFC 8032).
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
def x25519(k, u):
    k = int.from_bytes(k, "little") & ~(7 | 1 << 255) & (1 << 255) - 1 | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, x1, 1
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if bit: x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        x3, z3, x2, z2 = (da + cb)**2 % P, x1 * (da - cb)**2 % P, aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
        if bit: x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")
D = -121665 * pow(121666, P - 2, P) % P
def point(b):
    y = int.from_bytes(b, "little"); sign, y = y >> 255, y & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - xx) % P == 0 and y < P, "no point")
    return ((P - x if x & 1 != sign else x), y)
def plus(p, q):
    t = D * p[0] * q[0] * p[1] * q[1]
    return ((p[0]*q[1] + p[1]*q[0]) * pow(1 + t, P - 2, P) % P, (p[1]*q[1] + p[0]*q[0]) * pow(1 - t, P - 2, P) % P)
def scaled(n, p):
    out = (0, 1)
    while n:
        if n & 1: out = plus(out, p)
        p, n = plus(p, p), n >> 1
    return out
BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def signed_by(key, message, sig):
    s = int.from_bytes(sig[32:], "little")
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    return len(sig) == 64 and s < L and scaled(s, BASE) == plus(point(sig[:32]), scaled(h, point(key)))

# ChaCha20-Poly1305 (RFC 8439) and HKDF-SHA-256 (RFC 5869).
def block(key, counter, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)); w = s[:]
    for _ in range(10):
        for a, b, c, d in ((0,4,8,12),(1,5,9,13),(2,6,10,14),(3,7,11,15),(0,5,10,15),(1,6,11,12),(2,7,8,13),(3,4,9,14)):
            for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                w[x] = (w[x] + w[y]) & 0xffffffff; w[z] ^= w[x]; w[z] = (w[z] << r | w[z] >> 32 - r) & 0xffffffff
    return struct.pack("<16I", *((x + y) & 0xffffffff for x, y in zip(w, s)))
def opened(key, nonce, sealed, ad=b""):
    text, tag = sealed[:-16], sealed[-16:]
    k, r, acc = block(key, 0, nonce), 0, 0
    r = int.from_bytes(k[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    padded = ad + bytes(-len(ad) % 16) + text + bytes(-len(text) % 16) + struct.pack("<QQ", len(ad), len(text))
    for i in range(0, len(padded), 16): acc = (acc + int.from_bytes(padded[i:i+16] + b"\1", "little")) * r % (2**130 - 5)
    need(len(sealed) >= 16 and hmac.compare_digest(((acc + int.from_bytes(k[16:32], "little")) % 2**128).to_bytes(16, "little"), tag), "the seal is broken")
    return bytes(x ^ y for i in range(0, len(text), 64) for x, y in zip(text[i:i+64], block(key, 1 + i // 64, nonce)))
def extract(salt, ikm): return hmac.digest(salt or bytes(32), ikm, "sha256")
def expand(prk, info, n):
    out, t, i = b"", b"", 1
    while len(out) < n: t = hmac.digest(prk, t + info + bytes([i]), "sha256"); out += t; i += 1
    return out[:n]

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
