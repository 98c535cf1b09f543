// SPDX-License-Identifier: EUPL-1.2
// Notes during a meeting, without network: they lie in this browser until the office has taken them in. Each has an id that
// is made here, so that sending it twice writes once; what the office has not confirmed stays.
const form = document.querySelector('form[data-capture]')
const $ = (q, from = form) => from.querySelector(q)
const key = `entraide.notes.${form.dataset.capture}`
const words = form.dataset
const list = document.querySelector('#notes-here')
const state = document.querySelector('#notes-state')
const text = $('[name=text]')

const kept = () => { try { return JSON.parse(localStorage.getItem(key)) ?? [] } catch { return [] } }
function keep(notes) { localStorage.setItem(key, JSON.stringify(notes)) }

// A UUID of version 7: the time first, so that notes sort as they were typed.
function newID() {
  const b = crypto.getRandomValues(new Uint8Array(16))
  const ms = Date.now()
  for (let i = 0; i < 6; i++) b[i] = Math.floor(ms / 2 ** (8 * (5 - i))) % 256
  b[6] = b[6] & 0x0f | 0x70
  b[8] = b[8] & 0x3f | 0x80
  const h = [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}

const label = (name, value) => [...form.elements].filter((e) => e.name === name).flatMap((e) => e.options ? [...e.options] : [e]).find((o) => o.value === value)?.dataset.text ?? $(`[name=${name}] option[value="${CSS.escape(value)}"]`)?.textContent ?? ''

let wrong = {}
function show() {
  const notes = kept()
  list.replaceChildren(...notes.map((n) => {
    const li = document.createElement('li')
    const head = document.createElement('p')
    head.className = 'line-title'
    head.textContent = `${label('take', n.take)} · ${label('session', n.session)}`
    const body = document.createElement('p')
    body.className = 'said'
    body.lang = n.language
    body.textContent = n.text
    const said = document.createElement('div')
    said.append(head, body)
    li.append(said)
    if (wrong[n.id]) {
      const p = document.createElement('p')
      p.className = 'wrong'
      p.textContent = wrong[n.id]
      said.append(p)
    }
    const acts = document.createElement('div')
    acts.className = 'actions'
    li.append(acts)
    for (const [act, word] of [['change', words.change], ['drop', words.drop]]) {
      const b = document.createElement('button')
      b.type = 'button'
      b.className = 'btn'
      b.dataset[act] = n.id
      b.textContent = word
      b.setAttribute('aria-label', `${word}: ${n.text.slice(0, 60)}`)
      acts.append(b)
    }
    return li
  }))
  document.querySelector('#notes-send').hidden = notes.length === 0
  say(notes.length === 0 ? words.none : (notes.length === 1 ? words.one : words.many.replace('#', notes.length)) + (navigator.onLine ? '' : ` ${words.away}`))
}
function say(s) { if (state.textContent !== s) state.textContent = s }

form.addEventListener('submit', (e) => {
  e.preventDefault()
  if (!text.value.trim() || !form.reportValidity()) { text.focus(); return }
  const f = new FormData(form)
  const changing = kept().some((n) => n.id === form.dataset.changing) ? form.dataset.changing : '' // sent meanwhile: then it is a note of its own
  const note = { id: changing || newID(), at: new Date().toISOString(), take: f.get('take'), session: f.get('session'), theme: f.get('theme'), language: f.get('language'), text: text.value.trim(),
    countries: f.getAll('countries'), groups: f.getAll('groups'), urgency: f.get('urgency') ?? '', owner: f.get('owner') ?? '', due: f.get('due') ?? '' }
  try {
    keep([...kept().filter((n) => n.id !== note.id), note])
  } catch { say(words.full); return } // the browser keeps no more: what was typed stays in the form
  delete form.dataset.changing
  delete wrong[note.id]
  text.value = ''
  for (const box of form.querySelectorAll('[name=countries], [name=groups]')) box.checked = false
  for (const field of form.querySelectorAll('[name=due], [name=owner], [name=urgency]')) field.value = ''
  show()
  text.focus()
  send()
})

list.addEventListener('click', (e) => {
  const drop = e.target.dataset?.drop
  const change = e.target.dataset?.change
  if (drop && confirm(words.sure)) { keep(kept().filter((n) => n.id !== drop)); show() }
  if (!change) return
  const n = kept().find((x) => x.id === change)
  form.dataset.changing = n.id
  for (const name of ['session', 'theme', 'language', 'text', 'urgency', 'owner', 'due']) if ($(`[name=${name}]`)) $(`[name=${name}]`).value = n[name]
  for (const name of ['take', 'countries', 'groups']) for (const box of form.querySelectorAll(`[name=${name}]`)) box.checked = [n[name]].flat().includes(box.value)
  part()
  text.focus()
})

// What a need and an action have of their own is shown with them.
function part() {
  const take = $('[name=take]:checked')?.value
  for (const el of form.querySelectorAll('[data-of]')) el.hidden = el.dataset.of !== take
}
form.addEventListener('change', part)

let sending = false
async function send() {
  const notes = kept()
  if (sending || notes.length === 0 || form.dataset.changing) return
  sending = true
  try {
    const body = new URLSearchParams({ notes: JSON.stringify(notes.slice(0, 100)) })
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual', cache: 'no-store' })
    if (answer.type === 'opaqueredirect' || answer.status === 401) { say(words.signin); return }
    if (!answer.ok) { say(words.refused); return }
    const said = await answer.json()
    wrong = said.wrong ?? {}
    const taken = new Set(said.kept)
    const sent = new Map(notes.map((n) => [n.id, JSON.stringify(n)]))
    const before = (n) => sent.get(n.id) === JSON.stringify(n)
    keep(kept().filter((n) => !taken.has(n.id) || !before(n)).map((n) => taken.has(n.id) ? { ...n, id: newID() } : n)) // one changed meanwhile stays, as another one
    show()
    if (taken.size > 0 && kept().some((n) => !wrong[n.id])) setTimeout(send, 0)
  } catch { show() } finally { sending = false }
}
document.querySelector('#notes-send').addEventListener('click', send)
addEventListener('online', send)
addEventListener('offline', show)
addEventListener('storage', show)
setInterval(send, 30_000)
addEventListener('beforeunload', (e) => { if (text.value.trim()) e.preventDefault() })

// The page itself stays on this device too, so that it opens without network.
if ('serviceWorker' in navigator && form.dataset.worker) {
  navigator.serviceWorker.register(`${form.dataset.worker}`, { scope: form.dataset.scope }).then(async () => {
    const kit = [location.pathname, ...[...document.querySelectorAll('link[rel=stylesheet], link[rel=icon], script[src]')].map((e) => e.href ?? e.src), ...[...document.querySelectorAll('use')].map((u) => u.getAttribute('href').split('#')[0])]
    const cache = await caches.open('entraide-notes')
    await cache.addAll([...new Set(kit.map((u) => new URL(u, location).href))])
    form.dataset.ready = '1'
  }).catch(() => {}) // without it, the page works as long as it stays open
}
document.querySelector('#notes-box').hidden = false
form.hidden = false
part()
show()
send()
