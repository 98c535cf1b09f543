// SPDX-License-Identifier: EUPL-1.2
// Choosing among published figures. The page is whole without this: it only changes which figures are shown.
(() => {
  'use strict'
  const d = JSON.parse(document.getElementById('data').textContent)
  const $ = s => document.querySelector(s), $$ = (s, of = document) => [...of.querySelectorAll(s)]
  const rtl = document.documentElement.dir === 'rtl'
  const say = (key, args = {}) => (d.words[key] || '').replace(/\{(\w+)\}/g, (_, k) => args[k] ?? '')
  const number = x => {
    const n = Math.round(x), s = String(Math.abs(n))
    return (n < 0 ? '−' : '') + (s.length > 4 ? s.replace(/\B(?=(\d{3})+$)/g, d.group) : s)
  }
  const make = (name, attrs = {}, ...children) => {
    const svg = /^(svg|g|rect|path|line|text|tspan|title|a:svg)$/.test(name)
    const e = svg ? document.createElementNS('http://www.w3.org/2000/svg', name.split(':')[0]) : document.createElement(name)
    for (const k in attrs) if (attrs[k] !== undefined && attrs[k] !== false) e.setAttribute(k, attrs[k] === true ? '' : attrs[k])
    e.append(...children)
    return e
  }

  // What was published. A wish is a map from columns to values: people who say all of it.
  const at = new Map(d.tables.map(t => [t.c.join(), t]))
  const looks = {c: 'told', e: 'estimated', n: 'noise', b: 'below', w: 'withheld', r: 'rounded'}
  const sorted = wish => [...wish.keys()].sort((a, b) => a - b)
  const told = wish => {
    const columns = sorted(wish), t = at.get(columns.join())
    if (!t) return null
    let i = 0
    for (const c of columns) i = i * d.columns[c].codes.length + wish.get(c)
    return {look: looks[t.f[i]], value: t.v[i], low: t.l[i], high: t.h[i]}
  }

  // What records of people who do not exist say, where nothing was published.
  let answers
  const tallies = new Map()
  const tally = (wish, column) => {
    const key = [...wish].join(';') + '|' + column
    if (tallies.has(key)) return tallies.get(key)
    answers ||= d.records.c.map((s, c) => decode(s, d.columns[c].codes.length))
    const out = new Array(column < 0 ? 1 : d.columns[column].codes.length).fill(0), want = [...wish]
    for (let i = 0; i < d.records.n; i++) {
      if (want.every(([c, v]) => answers[c][i] === v)) out[column < 0 ? 0 : answers[column][i]]++
    }
    if (tallies.size > 500) tallies.clear()
    tallies.set(key, out)
    return out
  }
  const decode = (s, values) => {
    const at = c => c === 45 ? 62 : c === 95 ? 63 : c >= 97 ? c - 71 : c >= 65 ? c - 65 : c + 4
    const wide = values > 64 ? 2 : 1, out = new Uint16Array(s.length / wide)
    for (let i = 0; i < out.length; i++) out[i] = wide === 1 ? at(s.charCodeAt(i)) : at(s.charCodeAt(2 * i)) * 64 + at(s.charCodeAt(2 * i + 1))
    return out
  }

  // cell gives what can be said of a wish; column is the one whose values are beside each other.
  const cell = (wish, column) => {
    const c = told(wish)
    if (c) return c
    if (!d.records) return {look: 'unmeasured'}
    const rest = new Map(wish)
    if (column >= 0) rest.delete(column)
    return {look: 'synthetic', value: tally(rest, column)[column < 0 ? 0 : wish.get(column)]}
  }
  const drawn = c => c.look !== 'noise' && c.value !== null && c.value !== undefined && c.value > 0
  const bounds = c => {
    if (c.look === 'below' && (c.high === null || c.high === undefined)) return [0, d.k - 1]
    return c.high === null || c.high === undefined ? null : [Math.max(c.low ?? 0, 0), Math.max(c.high, 0)]
  }
  const reach = c => Math.max(c.value ?? 0, c.look === 'withheld' ? 0 : c.high ?? 0)
  const words = c => {
    const b = bounds(c), q = c.share, range = q ? percents(q.low) + '–' + say('percent', {n: percents(q.high)}) : b ? number(b[0]) + '–' + number(b[1]) : ''
    switch (c.look) {
      case 'noise': return [say('noise'), range]
      case 'below': return [say('below'), '']
      case 'rounded': if (!q && c.value === 0 && b && b[1] > 0) return [say('fewer', {n: number(b[1] + 1)}), ''] // a rounded nothing is not nobody
      case 'withheld': return [say('withheld'), range]
      case 'unmeasured': return [say('unmeasured'), '']
      case 'synthetic': return ['≈\u00a0' + number(c.value), '']
    }
    return q ? [say('percent', {n: percents(q.value)}), c.look === 'told' ? '' : range] : [number(Math.max(c.value, 0)), range]
  }
  const percents = x => x < .0995 && x > 0 ? (100 * x).toFixed(1).replace('.', d.decimal) : String(Math.round(100 * x))

  // shareOf gives a figure as a share of the people whose answer is known. Its ends take in those of all numbers in it, so that
  // they are rather too wide than too narrow.
  const shareOf = (c, column) => {
    const rest = new Map(chosen), at = d.columns[column].codes.indexOf('unknown')
    rest.delete(column)
    const all = told(rest), none = at < 0 ? {look: 'told', value: 0} : told(new Map(rest).set(column, at))
    if (![all, none, c].every(x => x && x.value !== null && x.value !== undefined)) return null
    const [a, u, b] = [all, none, c].map(x => (x.look === 'told' ? null : bounds(x)) || [x.value, x.value])
    const known = all.value - Math.max(none.value, 0), least = a[0] - u[1], most = a[1] - u[0]
    if (least <= 0) return null
    return {value: Math.min(Math.max(c.value, 0) / known, 1), low: Math.min(b[0] / most, 1), high: Math.min(b[1] / least, 1)}
  }
  const aloud = c => words(c).filter(Boolean).join(', ')
  const figure = c => words(c).map((text, i) => make('span', {class: i ? 'range' : 'main'}, text))

  // What is chosen.
  const chosen = new Map()
  const wishFor = (column, value) => new Map(chosen).set(column, value)
  const toggle = (column, value) => {
    if (chosen.get(column) === value) chosen.delete(column)
    else chosen.set(column, value)
    show()
  }

  const shares = $('#shares')

  // Cards: rows that were written with the page.
  const percent = f => Math.min(Math.max(100 * f, 0), 100).toFixed(2) + '%'
  const set = (e, attrs) => { for (const k in attrs) e.setAttribute(k, attrs[k]) }
  const bar = (svg, c, most) => {
    const share = x => percent(most > 0 ? x / most : 0), b = c.look === 'told' || c.look === 'synthetic' ? null : bounds(c)
    set(svg.querySelector('.v'), {width: drawn(c) ? share(c.value) : c.look === 'withheld' && b ? share(b[0]) : '0'})
    const g = svg.querySelector('.int')
    g.toggleAttribute('hidden', !b)
    if (!b) return
    const [from, until] = b.map(share), [line, start, end] = g.querySelectorAll('line')
    set(g.querySelector('rect'), {x: from, width: percent(most > 0 ? (Math.min(b[1], most) - Math.min(b[0], most)) / most : 0)})
    set(line, {x1: from, x2: until}); set(start, {x1: from, x2: from}); set(end, {x1: until, x2: until})
  }
  const open = new Set()
  const cards = $$('.card[id^=c]').map(card => {
    const body = card.querySelector('tbody')
    const rows = $$('tr', body).map((tr, i) => {
      const column = +tr.dataset.c, value = +tr.dataset.v, name = tr.querySelector('.name')
      const button = make('button', {type: 'button', 'aria-pressed': 'false'}, ...name.childNodes)
      button.addEventListener('click', () => toggle(column, value))
      name.append(button)
      return {tr, i, column, value, button, unknown: 'unknown' in tr.dataset}
    })
    let more
    if ('long' in card.dataset) {
      more = make('button', {type: 'button', class: 'more', 'aria-expanded': 'false'})
      more.addEventListener('click', () => { open.has(card) ? open.delete(card) : open.add(card); show() })
      card.append(more)
    }
    return {card, body, rows, more, sized: 'sized' in card.dataset}
  })
  const showCard = k => {
    for (const r of k.rows) {
      r.cell = cell(wishFor(r.column, r.value), r.column)
      if (shares.checked && !r.unknown && r.cell.look !== 'synthetic' && r.cell.look !== 'unmeasured') r.cell.share = shareOf(r.cell, r.column)
    }
    const most = Math.max(...k.rows.map(r => reach(r.cell)))
    for (const r of k.rows) {
      r.tr.className = 'k-' + r.cell.look
      r.button.setAttribute('aria-pressed', String(chosen.get(r.column) === r.value))
      r.tr.querySelector('td').replaceChildren(...figure(r.cell))
      bar(r.tr.querySelector('.bar'), r.cell, most)
    }
    let order = k.rows
    if (k.sized) {
      order = [...k.rows].sort((a, b) => a.unknown - b.unknown || (b.cell.value ?? -1) - (a.cell.value ?? -1) || a.i - b.i)
      const focused = document.activeElement
      k.body.append(...order.map(r => r.tr))
      if (focused && k.body.contains(focused)) focused.focus()
    }
    if (k.more) {
      const all = open.has(k.card)
      order.forEach((r, i) => r.tr.toggleAttribute('hidden', !all && i >= d.atOnce && chosen.get(r.column) !== r.value))
      k.more.textContent = all ? say('fewer_rows') : say('all_rows', {count: number(order.length)})
      k.more.setAttribute('aria-expanded', String(all))
    }
    const looks = new Set(k.rows.map(r => r.cell.look)), state = k.card.querySelector('.state')
    state.hidden = !looks.has('synthetic') && !looks.has('unmeasured')
    state.textContent = looks.has('synthetic') ? say('synthetic') : say('crosses', {list: crossesOf(k.rows[0].column) || say('none')})
    return looks
  }
  // crossesOf lists the columns that a column was measured together with.
  const crossesOf = column => [...new Set(d.tables.filter(t => t.c.length === 2 && t.c.includes(column)).map(t => d.columns[t.c[0] === column ? t.c[1] : t.c[0]].title))].join(', ')

  // Map.
  const mapOf = $('#map-of'), territories = $$('#map .place[data-code]')
  // rounds are the bounds between classes, round numbers at most three: figures of countries are mostly small beside the largest.
  const rounds = most => {
    const out = []
    for (let ten = 1; ten < most; ten *= 10) out.push(...[1, 2, 5].map(n => n * ten).filter(n => n > 1 && n < most))
    return out.slice(-3)
  }
  const showMap = () => {
    const column = +mapOf.value, codes = d.columns[column].codes
    const cells = codes.map((_, v) => cell(wishFor(column, v), column)), most = Math.round(Math.max(0, ...cells.filter(drawn).map(c => c.value)))
    const ends = rounds(most), first = 4 - ends.length
    const level = c => !drawn(c) ? {noise: 'mn', below: 'mb', withheld: 'mw'}[c.look] || '' : c.look === 'synthetic' ? 'ms' : 'm' + (first + ends.filter(n => Math.round(c.value) >= n).length)
    const found = new Set()
    for (const a of territories) {
      const v = codes.indexOf(a.dataset.code), c = v < 0 ? null : cells[v], text = c ? aloud(c) : say('map.unasked')
      a.setAttribute('class', 'place ' + (c ? level(c) : ''))
      a.setAttribute('aria-label', a.dataset.name + ': ' + text)
      a.querySelector('title').textContent = a.dataset.name + ': ' + text
      v < 0 ? a.removeAttribute('href') : a.setAttribute('href', '#map')
      const label = $('.marks text[data-code="' + a.dataset.code + '"]')
      label.textContent = c && drawn(c) ? a.dataset.code + ' ' + number(c.value) : ''
      if (c) { found.add(level(c)); a.setAttribute('aria-pressed', String(chosen.get(column) === v)); a.setAttribute('role', 'button') } else { a.removeAttribute('aria-pressed'); a.setAttribute('role', 'img') }
    }
    const key = []
    if (most > 0) [...ends, most + 1].forEach((n, i) => { const low = i ? ends[i - 1] : 0; key.push(['m' + (first + i), number(low) + (n - 1 > low ? '–' + number(n - 1) : '')]) })
    for (const [k, w] of [['mn', 'noise'], ['mb', 'below'], ['mw', 'withheld'], ['ms', 'synthetic']]) if (found.has(k)) key.push([k, say(w)])
    key.push(['', say('map.unasked')])
    $('#map-key').replaceChildren(...key.map(([k, text]) => make('li', {}, make('svg', {viewBox: '0 0 16 16', 'aria-hidden': 'true'}, make('g', {class: 'place ' + k}, make('path', {d: 'M0 0h16v16H0z'}))), make('span', {class: /^m\d/.test(k) ? 'range' : ''}, text))))
    const here = new Set(territories.map(a => a.dataset.code))
    const beyond = codes.map((c, v) => ({v, c, cell: cells[v]})).filter(x => !here.has(x.c) && x.c !== 'unknown' && drawn(x.cell)).sort((a, b) => b.cell.value - a.cell.value)
    $('#map-beyond').textContent = beyond.length ? say('map.beyond', {count: number(beyond.length), list: beyond.slice(0, 5).map(x => d.columns[column].words[x.v] + ' ' + number(x.cell.value)).join('; ')}) : ''
  }
  for (const a of territories) {
    const press = e => {
      const column = +mapOf.value, v = d.columns[column].codes.indexOf(a.dataset.code)
      e.preventDefault()
      if (v >= 0) toggle(column, v)
    }
    a.addEventListener('click', press)
    a.addEventListener('keydown', e => { if (e.key === ' ') press(e) })
  }

  // Flows.
  const flowsOf = $('#flows-of')
  const flowsNow = (from, to) => {
    const out = []
    let known = true
    d.columns[from].codes.forEach((o, i) => d.columns[to].codes.forEach((t, j) => {
      if (o === 'unknown' || t === 'unknown') return
      if (chosen.has(from) && chosen.get(from) !== i || chosen.has(to) && chosen.get(to) !== j) return
      const c = cell(wishFor(from, i).set(to, j), to)
      if (c.look === 'synthetic' || c.look === 'unmeasured') known = false
      out.push({i, j, c})
    }))
    const seen = out.filter(f => drawn(f.c)).sort((a, b) => b.c.value - a.c.value)
    return {all: out.length, seen: seen.length, known, list: known ? seen.slice(0, d.flows) : []}
  }
  const showFlows = () => {
    const [from, to] = flowsOf.value.split(',').map(Number), f = flowsNow(from, to), svg = $('#flows-draw')
    $('#flows-from').textContent = d.columns[from].title
    $('#flows-to').textContent = d.columns[to].title
    $('#flows-told').textContent = !f.known ? say('flows.unmeasured') : f.list.length ? say('flows.drawn', {count: number(f.list.length), of: number(f.all)}) : say('flows.none')
    $('#flows-rows').replaceChildren(...f.list.map(x => make('tr', {class: 'k-' + x.c.look}, make('th', {scope: 'row'}, d.columns[from].words[x.i]), make('td', {class: 'text'}, d.columns[to].words[x.j]), make('td', {}, ...figure(x.c)))))
    svg.replaceChildren()
    svg.toggleAttribute('hidden', !f.list.length)
    if (f.list.length) drawFlows(svg, f.list, d.columns[from].words, d.columns[to].words, [from, to])
  }
  const drawFlows = (svg, list, left, right, columns) => {
    const width = Math.max(svg.clientWidth || svg.parentNode.clientWidth - 32, 240), label = Math.min(200, width * .3), gap = 7, node = 8
    const side = key => {
      const sums = new Map()
      for (const f of list) sums.set(f[key], (sums.get(f[key]) || 0) + f.c.value)
      return [...sums].sort((a, b) => b[1] - a[1])
    }
    const sides = [side('i'), side('j')], total = list.reduce((s, f) => s + f.c.value, 0)
    const rows = Math.max(...sides.map(s => s.length)), height = Math.max(300, rows * 34), least = 12
    // Every node has room for its name; what is left is shared by size.
    const scale = Math.min(...sides.map(s => (height - s.length * (gap + least)) / total))
    const x = v => rtl ? width - v : v
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('height', height)
    const place = new Map()
    sides.forEach((s, n) => {
      const used = s.reduce((h, [, v]) => h + Math.max(v * scale, 2) + gap + least, -gap)
      let y = Math.max((height - used) / 2, 0)
      for (const [k, v] of s) {
        const h = Math.max(v * scale, 2), room = h + least
        place.set(n + ':' + k, {y: y + least / 2, next: y + least / 2})
        const px = n ? width - label : label - node
        svg.append(make('rect', {x: rtl ? width - px - node : px, y: y + least / 2, width: node, height: h}))
        const text = make('text', {x: x(n ? width - label + node + 6 : label - node - 6), y: y + room / 2 + 4.5, 'text-anchor': (n === 0) === !rtl ? 'end' : 'start', direction: 'ltr', 'aria-hidden': 'true'})
        const c = cell(wishFor(columns[n], k), columns[n]), all = label > 150 && drawn(c) && c.look !== 'synthetic' ? number(c.value) : ''
        fit(text, (n ? right : left)[k], label - node - 8 - 8 * all.length)
        if (all) text.append(make('tspan', {class: 'quiet', dx: 6}, all))
        svg.append(text)
        y += room + gap
      }
    })
    // Streams leave and arrive in the order of their other ends, so that few cross.
    const top = (n, k) => place.get(n + ':' + k).y
    for (const f of [...list].sort((a, b) => top(0, a.i) - top(0, b.i))) { const b = place.get('1:' + f.j); f.into = b.next; b.next += Math.max(f.c.value * scale, .75) }
    for (const f of [...list].sort((a, b) => top(1, a.j) - top(1, b.j))) { const a = place.get('0:' + f.i); f.out = a.next; a.next += Math.max(f.c.value * scale, .75) }
    for (const f of list) {
      const h = Math.max(f.c.value * scale, .75), x0 = x(label), x1 = x(width - label), m = (x0 + x1) / 2
      const name = say('flows.flow', {from: left[f.i], to: right[f.j]}) + ': ' + aloud(f.c)
      const path = `M${x0} ${f.out}C${m} ${f.out} ${m} ${f.into} ${x1} ${f.into}v${h}C${m} ${f.into + h} ${m} ${f.out + h} ${x0} ${f.out + h}z`
      svg.append(make('a:svg', {href: '#flows-rows', 'aria-label': name}, make('title', {}, name), make('path', {class: 'stream', d: path})))
    }
  }
  // fit shortens a name to a width, about: seven units a letter.
  const fit = (text, name, width) => {
    const most = Math.max(3, Math.floor(width / 7))
    text.append(make('title', {}, name), name.length > most ? name.slice(0, most - 1) + '…' : name)
  }

  // Years.
  const yearColumn = d.columns.findIndex((c, i) => c.year && $('#c' + i))
  const showYears = () => {
    const c = d.columns[yearColumn], list = c.codes.map((code, v) => ({code, v, cell: cell(wishFor(yearColumn, v), yearColumn)})).filter(x => x.code !== 'unknown')
    drawYears($('#years-draw'), list)
    const sure = x => x.look === 'told' ? [x.value, x.value] : ['estimated', 'noise', 'rounded', 'below', 'withheld'].includes(x.look) ? bounds(x) : null
    $('#years-rows').replaceChildren(...list.map((x, i) => {
      let change = ''
      if (i) {
        const a = sure(list[i - 1].cell), b = sure(x.cell)
        change = !a || !b ? say('change.none') : b[0] > a[1] ? say('change.more') : b[1] < a[0] ? say('change.fewer') : say('change.none')
      }
      return make('tr', {class: 'k-' + x.cell.look}, make('th', {scope: 'row'}, c.words[x.v]), make('td', {}, ...figure(x.cell)), make('td', {class: 'text'}, change))
    }))
  }
  const drawYears = (svg, list) => {
    const width = Math.max(svg.clientWidth || 640, 240), height = 240, low = 24, top = 20, each = width / list.length, most = Math.max(...list.map(x => reach(x.cell)), 1)
    const y = v => height - low - Math.min(v / most, 1) * (height - low - top), every = Math.ceil(44 / each)
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('height', height)
    svg.replaceChildren(make('line', {class: 'base', x1: 0, x2: width, y1: y(0), y2: y(0)}))
    list.forEach((x, i) => {
      const w = Math.min(each * .62, 64), mid = (rtl ? list.length - 1 - i : i) * each + each / 2, b = x.cell.look === 'told' || x.cell.look === 'synthetic' ? null : bounds(x.cell)
      const box = (cls, from, until) => make('rect', {class: cls, x: mid - w / 2, width: w, y: y(until), height: Math.max(y(from) - y(until), 0)})
      if (drawn(x.cell)) svg.append(box(x.cell.look === 'synthetic' ? 'synthetic' : 'v', 0, x.cell.value))
      else if (b) {
        if (x.cell.look === 'withheld') svg.append(box('least', 0, b[0]))
        svg.append(box(x.cell.look, b[0], b[1]))
      }
      if (b && drawn(x.cell)) {
        const line = (x1, x2, y1, y2) => make('line', {class: 'w', x1, x2, y1, y2})
        svg.append(line(mid, mid, y(b[0]), y(b[1])), line(mid - 5, mid + 5, y(b[0]), y(b[0])), line(mid - 5, mid + 5, y(b[1]), y(b[1])))
      }
      const text = (cls, at, s) => make('text', {class: cls, x: mid, y: at, 'text-anchor': 'middle'}, s)
      if (i % every === 0) svg.append(text('quiet', height - 6, x.code))
      if (x.cell.look === 'withheld' && b && each > 60) svg.append(text('quiet', y(b[1]) - 6, number(b[0]) + '–' + number(b[1])))
      if (drawn(x.cell) && each > 38) svg.append(text('', y(b ? b[1] : x.cell.value) - 6, (x.cell.look === 'synthetic' ? '≈\u00a0' : '') + number(x.cell.value)))
    })
  }

  // Any two columns.
  const crossRows = $('#cross-rows'), crossColumns = $('#cross-columns')
  const pairs = c => d.columns.map((_, i) => i).filter(i => i !== c && (at.has([c, i].sort((a, b) => a - b).join()) || d.records))
  const option = i => make('option', {value: i}, d.columns[i].title)
  const fillCross = () => {
    const was = crossColumns.value, list = pairs(+crossRows.value)
    const measured = i => at.has([+crossRows.value, i].sort((a, b) => a - b).join())
    crossColumns.replaceChildren(...list.sort((a, b) => measured(b) - measured(a) || a - b).map(i => { const o = option(i); if (!measured(i)) o.append(' (' + say('synthetic') + ')'); return o }))
    if (list.includes(+was)) crossColumns.value = was
  }
  const grid = () => {
    const a = +crossRows.value, b = +crossColumns.value
    return d.columns[a].codes.map((_, i) => d.columns[b].codes.map((_, j) => cell(new Map(chosen).set(a, i).set(b, j), b)))
  }
  const filterText = but => [...chosen].filter(([c]) => !but.includes(c)).map(([c, v]) => d.columns[c].title + ' – ' + d.columns[c].words[v]).join('; ')
  const showCross = () => {
    const a = +crossRows.value, b = +crossColumns.value, cells = grid(), most = Math.max(1, ...cells.flat().filter(drawn).map(c => c.value))
    const rest = filterText([a, b])
    $('#cross-caption').textContent = say('cross.caption', {from: d.columns[a].title, to: d.columns[b].title}) + (rest ? ' · ' + say('only', {list: rest}) : '')
    $('#cross-head').replaceChildren(make('tr', {}, make('th', {scope: 'col'}, d.columns[a].title), ...d.columns[b].words.map(w => make('th', {scope: 'col'}, w))))
    $('#cross-body').replaceChildren(...cells.map((row, i) => make('tr', {}, make('th', {scope: 'row'}, d.columns[a].words[i]), ...row.map(c => make('td', {class: 'k-' + c.look + (drawn(c) && c.look !== 'synthetic' ? ' t' + Math.min(3, Math.ceil(c.value / most * 3)) : '')}, ...figure(c))))))
  }
  const save = () => {
    const a = +crossRows.value, b = +crossColumns.value, quote = s => /[",\n]/.test(s) || /^[=+\-@]/.test(s) ? '"' + (/^[=+\-@]/.test(s) ? "'" : '') + s.replaceAll('"', '""') + '"' : s
    const lines = [[d.columns[a].code, d.columns[b].code, ...[...chosen].filter(([c]) => c !== a && c !== b).map(([c]) => d.columns[c].code), 'value', 'low', 'high', 'flag']]
    grid().forEach((row, i) => row.forEach((c, j) => lines.push([d.columns[a].codes[i], d.columns[b].codes[j], ...[...chosen].filter(([k]) => k !== a && k !== b).map(([k, v]) => d.columns[k].codes[v]), c.value ?? '', c.low ?? '', c.high ?? '', c.look])))
    const url = URL.createObjectURL(new Blob(['\ufeff' + lines.map(l => l.map((x, i) => typeof x === 'number' ? x : quote(String(x))).join(',')).join('\r\n') + '\r\n'], {type: 'text/csv'}))
    make('a', {href: url, download: [d.columns[a].code, d.columns[b].code].join('-') + '.csv'}).click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }

  // All of it, after every choice.
  const show = () => {
    const looks = new Set()
    for (const k of cards) for (const l of showCard(k)) looks.add(l)
    const all = $('#all')
    if (all) {
      const c = cell(chosen, -1), [main, range] = words(c)
      all.className = 'all k-' + c.look
      all.querySelector('.big').textContent = main
      all.querySelector('.range').textContent = range
      looks.add(c.look)
    }
    const list = [...chosen].map(([c, v]) => d.columns[c].title + ' – ' + d.columns[c].words[v])
    $('#chips').replaceChildren(...[...chosen].map(([c, v], i) => {
      const button = make('button', {type: 'button', 'aria-label': say('remove', {value: list[i]})}, list[i])
      button.addEventListener('click', () => { toggle(c, v); ($('#chips button') || $('#figures .name button'))?.focus() })
      return make('li', {}, button)
    }))
    $('#nobody').hidden = chosen.size > 0
    $('#clear').hidden = chosen.size < 2
    const warn = $('#warn'), warning = looks.has('synthetic') ? say('warn') : looks.has('unmeasured') ? say('warn.none') : ''
    warn.hidden = !warning
    warn.textContent = warning
    $('#told').textContent = chosen.size ? say('chosen', {list: list.join('; ')}) + (all ? ': ' + aloud(cell(chosen, -1)) : '') + (warning ? '. ' + warning : '') : say('everybody')
    if (mapOf) showMap()
    if (flowsOf) showFlows()
    if (yearColumn >= 0) showYears()
    if (crossRows) showCross()
  }

  for (const e of $$('.needs-script')) e.hidden = false, e.removeAttribute('hidden')
  if (flowsOf && flowsOf.options.length < 2) flowsOf.parentNode.hidden = true
  $('#clear').addEventListener('click', () => { chosen.clear(); show(); $('#figures .name button')?.focus() })
  shares.addEventListener('change', () => { $('#shares-told').hidden = !shares.checked; show() })
  mapOf?.addEventListener('change', showMap)
  flowsOf?.addEventListener('change', showFlows)
  if (crossRows) {
    crossRows.append(...d.columns.map((_, i) => i).filter(i => pairs(i).length).map(option))
    fillCross()
    crossRows.addEventListener('change', () => { fillCross(); showCross() })
    crossColumns.addEventListener('change', showCross)
    $('#cross-save').addEventListener('click', save)
  }
  let width = innerWidth, waiting
  addEventListener('resize', () => {
    if (innerWidth === width) return
    width = innerWidth
    cancelAnimationFrame(waiting)
    waiting = requestAnimationFrame(() => { if (flowsOf) showFlows(); if (yearColumn >= 0) showYears() })
  })
  show()
})()
