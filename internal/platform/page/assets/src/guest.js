// SPDX-License-Identifier: EUPL-1.2
// A letter by link: the code opens it here, and an answer is sealed here. Nothing is stored in the browser, the code never
// leaves it, and what the office gets of it is a proof that cannot be turned back.
import { Decrypter, Encrypter } from 'age-encryption'

const page = document.querySelector('[data-guest]')
const $ = (q, from = page) => from.querySelector(q)
const at = page.dataset.guest
const enter = $('form[data-enter]')
const answer = $('form[data-answer]')
const ROUNDS = 200000
const MOST_FILES = 3
const MOST_BYTES = 3 << 20
let proof = ''
let office = ''

// One of the texts that the page brought, by its name; says which part is shown.
function say(of, name) {
  for (const p of of.querySelectorAll('[data-say]')) p.hidden = p.dataset.say !== name
}
function show(name) {
  for (const part of page.querySelectorAll('[data-part]')) part.hidden = !part.dataset.part.split(' ').includes(name)
}

// Twenty digits in whatever digits a keyboard types, the last of which checks the others (Luhn); "" for anything else.
function codeOf(typed) {
  const code = typed.replace(/[\u0660-\u0669]/g, (d) => d.charCodeAt(0) - 0x660).replace(/[\u06f0-\u06f9]/g, (d) => d.charCodeAt(0) - 0x6f0).replace(/\D/g, '')
  const sum = [...code].reverse().reduce((s, d, i) => s + (i % 2 ? (d > 4 ? 2 * d - 9 : 2 * d) : +d), 0)
  return code.length === 20 && sum % 10 === 0 ? code : ''
}

async function proofOf(code) {
  const bytes = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', bytes.encode(code), 'PBKDF2', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes.encode(`entraide guest proof v1\n${at.split('/').pop()}`), iterations: ROUNDS }, key, 256)
  return [...new Uint8Array(bits)].map((b) => b.toString(16).padStart(2, '0')).join('')
}

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
function base64(bytes) {
  let out = ''
  for (let i = 0; i < bytes.length; i += 0x8000) out += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(out)
}

async function send(to, body) {
  const res = await fetch(to, { method: 'POST', body, headers: { Accept: 'application/json' }, cache: 'no-store' })
  if (!res.ok && res.headers.get('Content-Type') !== 'application/json') throw new Error(res.status)
  return res.json()
}

// open shows what the office wrote, as plain text.
async function open(code, reply) {
  const lock = new Decrypter()
  lock.addPassphrase(code)
  const door = new Decrypter()
  door.addIdentity(await lock.decrypt(bytesOf(reply.key), 'text'))
  const list = $('[data-letters]')
  list.replaceChildren()
  for (const t of reply.texts) {
    const li = document.createElement('li')
    const when = document.createElement('p')
    when.className = 'sub'
    when.textContent = t.at
    const words = document.createElement('p')
    words.className = 'said'
    words.dir = 'auto'
    words.textContent = await door.decrypt(bytesOf(t.sealed), 'text')
    const box = document.createElement('div')
    box.append(words, when)
    li.append(box)
    list.append(li)
  }
  office = reply.to
  show('open')
  $('h2', list.closest('[data-part]')).focus()
}

async function work(form, f) {
  const b = $('button', form)
  b.disabled = true
  say(form, 'busy')
  try {
    say(form, await f())
  } catch {
    say(form, 'failed')
  }
  b.disabled = false
}

enter.addEventListener('submit', (e) => {
  e.preventDefault()
  const code = codeOf($('input', enter).value)
  if (!code) { say(enter, 'mistyped'); return }
  work(enter, async () => {
    proof = await proofOf(code)
    const reply = await send(`${at}/open`, new URLSearchParams({ proof }))
    if (reply.state === 'right') {
      await open(code, reply)
      $('input', enter).value = ''
      return ''
    }
    if (reply.state === 'gone') show('gone')
    return reply.state
  })
})

answer.addEventListener('submit', (e) => {
  e.preventDefault()
  const text = $('textarea', answer)
  const picked = [...$('input[type=file]', answer).files]
  if (!text.value.trim() && !picked.length) { text.focus(); return }
  if (picked.length > MOST_FILES || picked.reduce((n, f) => n + f.size, 0) > MOST_BYTES) { say(answer, 'files'); return }
  work(answer, async () => {
    const files = []
    for (const f of picked) files.push({ name: f.name, bytes: base64(new Uint8Array(await f.arrayBuffer())) })
    const age = new Encrypter()
    age.addRecipient(office)
    const sealed = await age.encrypt(JSON.stringify({ text: text.value, files }))
    const body = new FormData()
    body.set('proof', proof)
    body.set('id', idOf())
    body.set('sealed', new Blob([sealed]))
    const reply = await send(`${at}/answer`, body)
    if (reply.state === 'gone') show('gone')
    if (reply.state === 'sent') { answer.reset(); last = { of: '', id: '' } }
    return reply.state
  })
})

// A UUID of version 7. One answer has one id: sent again after a cut line it is the same answer.
let last = { of: '', id: '' }
function idOf() {
  const of = `${$('textarea', answer).value} ${[...$('input[type=file]', answer).files].map((f) => `${f.name} ${f.size} ${f.lastModified}`)}`
  if (last.of === of) return last.id
  const b = crypto.getRandomValues(new Uint8Array(16))
  const ms = Date.now()
  for (let i = 0; i < 6; i++) b[i] = Math.floor(ms / 2 ** (8 * (5 - i))) % 256
  b[6] = b[6] & 0x0f | 0x70
  b[8] = b[8] & 0x3f | 0x80
  const h = [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
  last = { of, id: `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}` }
  return last.id
}

show(globalThis.crypto?.subtle ? 'enter' : 'needs')
