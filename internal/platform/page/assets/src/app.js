// SPDX-License-Identifier: EUPL-1.2
// What script adds to pages that work without it. It stores nothing in the browser.
import htmx from 'htmx.org'

Object.assign(htmx.config, {
  allowEval: false, allowScriptTags: false, includeIndicatorStyles: false, selfRequestsOnly: true,
  historyEnabled: false, historyCacheSize: 0, // htmx would keep pages in sessionStorage
  refreshOnHistoryMiss: true, scrollBehavior: 'auto', timeout: 30000,
  responseHandling: [{ code: '204', swap: false }, { code: '[23]..', swap: true }, { code: '422', swap: true }, { code: '...', swap: false, error: true }],
})

try { sessionStorage.removeItem('htmx-current-path-for-history') } catch { /* kept by htmx, asked or not: an address of ours, a link among them */ }

const $ = (q, from = document) => from.querySelector(q)
const says = $('#says')
const say = (text) => { if (says) { says.textContent = ''; requestAnimationFrame(() => { says.textContent = text }) } }
const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName))

// Buttons that only script can serve.
for (const el of document.querySelectorAll('[data-print], [data-keys], [data-back]')) el.hidden = false

// Leaving quickly: the page goes first, then everything else.
let left = false
function leave(to) {
  if (left) return
  left = true
  document.documentElement.hidden = true
  document.title = ''
  try { navigator.sendBeacon('/exit') } catch { /* the way out matters more */ }
  location.replace(to)
}
const exit = $('[data-exit]')
let shifts = []
if (exit) {
  addEventListener('keydown', (e) => {
    if (e.key !== 'Shift' || e.repeat) { shifts = []; return }
    shifts = [...shifts.filter((t) => e.timeStamp - t < 3000), e.timeStamp]
    if (shifts.length >= 3) leave(exit.dataset.exit)
  })
  // One page of this site at most stands in the history, the one that leaving replaces: Back leads past it.
  addEventListener('click', (e) => {
    const a = e.target.closest('a[href]')
    if (!a || a === exit || a.origin !== location.origin || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return
    e.preventDefault()
    location.replace(a.href)
  })
}

// Keys.
addEventListener('keydown', (e) => {
  if (e.key === 'Escape') for (const d of document.querySelectorAll('details.pop[open]')) { d.open = false; $('summary', d).focus() }
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
  if (e.key === '/' && $('#find')) { e.preventDefault(); $('#find').focus() }
  if (e.key === '?' && $('#keys')) { e.preventDefault(); $('#keys').showModal() }
})

// One question before a grave act. Without script the act's own page asks.
function ask(text, then) {
  const box = $('#ask')
  $('#ask-text').textContent = text
  box.returnValue = ''
  box.addEventListener('close', () => { if (box.returnValue === 'yes') then() }, { once: true })
  box.showModal()
}

let dirty = false
addEventListener('click', (e) => {
  const on = (q) => e.target.closest(q)
  for (const d of document.querySelectorAll('details.pop[open]')) if (!d.contains(e.target)) d.open = false
  if (on('[data-exit]')) { e.preventDefault(); leave(on('[data-exit]').dataset.exit) }
  else if (on('[data-print]')) print()
  else if (on('[data-keys]')) { $('#keys')?.showModal(); on('details')?.removeAttribute('open') }
  else if (on('[data-back]')) history.back()
  else if (on('[data-yes]')) on('dialog').close('yes')
  else if (on('[data-no]')) on('dialog').close('no')
  else if (on('[data-confirm]') && $('#ask')) {
    const b = on('[data-confirm]')
    if (b.dataset.sure || !b.form) return
    e.preventDefault()
    ask(b.dataset.confirm, () => { b.dataset.sure = '1'; b.form.requestSubmit(b); delete b.dataset.sure })
  }
})

// Typing is work and keeps the session. Where one has ended all the same, what was typed stays until somebody has signed
// in again, in another window.
const closing = $('#ended')
const minute = 60_000
let heard = Date.now()
let ended = false
async function lives() {
  heard = Date.now()
  try { ended = (await fetch('/account', { method: 'HEAD', redirect: 'manual', cache: 'no-store' })).type === 'opaqueredirect' } catch { /* sending will tell */ }
  return !ended
}
addEventListener('input', () => { if (closing && Date.now() - heard > 4 * minute) lives() })

// A form is sent once, and not lost by a slip.
addEventListener('input', (e) => { if (e.target.closest?.('form[data-guard]')) dirty = true })
addEventListener('submit', (e) => {
  if (e.defaultPrevented) return
  const f = e.target
  if (f.method === 'post') {
    if (f.dataset.sent) { e.preventDefault(); return }
    if (closing && (ended || Date.now() - heard > 8 * minute)) {
      e.preventDefault()
      lives().then((yes) => { if (yes) f.requestSubmit(e.submitter); else closing.showModal() })
      return
    }
    f.dataset.sent = '1'
    e.submitter?.setAttribute('aria-busy', 'true')
  }
  dirty = false
})
addEventListener('beforeunload', (e) => { if (dirty && !left) e.preventDefault() })
addEventListener('pageshow', (e) => {
  if (e.persisted && document.body.hasAttribute('data-signed')) { location.reload(); return } // signed out meanwhile, perhaps
  for (const f of document.querySelectorAll('form[data-sent]')) { delete f.dataset.sent; for (const b of f.querySelectorAll('[aria-busy]')) b.removeAttribute('aria-busy') }
})

// Errors are read first.
$('[data-focus]')?.focus()
document.addEventListener('htmx:afterSwap', (e) => { $('[data-focus]', e.target)?.focus() })
document.addEventListener('htmx:responseError', () => say(says?.dataset.failed ?? ''))
document.addEventListener('htmx:sendError', () => say(says?.dataset.away ?? ''))
document.addEventListener('htmx:timeout', () => say(says?.dataset.away ?? ''))
