// SPDX-License-Identifier: EUPL-1.2
// Printed codes, read with the device's camera or from pictures of them, here in the browser: what a code says goes into the field
// of the form, and no picture leaves the device.
import decode from 'qr/decode.js'

const box = document.querySelector('[data-codes]')
const words = box.dataset
const field = document.querySelector('[name=codes]')
const state = box.querySelector('[role=status]')
const video = box.querySelector('video')
const start = box.querySelector('[data-start]')
const stop = box.querySelector('[data-stop]')
const pictures = box.querySelector('input[type=file]')
const canvas = document.createElement('canvas')

const say = (text) => { if (state.textContent !== text) state.textContent = text }
const lines = () => field.value.split('\n').map((l) => l.trim()).filter(Boolean)
const perCode = Number(words.lines)

// seen keeps what a code says and tells how many of its print are there; true when all are.
function seen(text) {
  const [mark, set, , all] = text.split('.')
  if (mark !== words.mark || !(Number(all) > 0)) { say(words.other); return false }
  if (!lines().includes(text)) field.value = [...lines(), text].join('\n') + '\n'
  const have = new Set(lines().map((l) => l.split('.')).filter((f) => f[0] === mark && f[1] === set).map((f) => f[2])).size
  const of = Math.ceil(Number(all) / perCode)
  say(have < of ? words.some.replace('#', have).replace('%', of) : words.all.replace('%', of))
  return have >= of
}

// read finds a code in a picture; '' when there is none.
function read(picture, width, height) {
  const scale = Math.min(1, 1000 / Math.max(width, height))
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const c = canvas.getContext('2d', { willReadFrequently: true })
  c.drawImage(picture, 0, 0, canvas.width, canvas.height)
  try { return decode(c.getImageData(0, 0, canvas.width, canvas.height)) } catch { return '' }
}

let stream = null
function end() {
  for (const t of stream?.getTracks() ?? []) t.stop() // the lamp beside the camera goes out
  stream = null
  video.srcObject = null
  video.hidden = stop.hidden = true
  start.hidden = false
}

async function look() {
  if (!stream) return
  const text = video.videoWidth > 0 ? read(video, video.videoWidth, video.videoHeight) : ''
  if (text && seen(text)) { end(); field.form.querySelector('button:not([type])').focus(); return }
  setTimeout(look, 100)
}

start.addEventListener('click', async () => {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false })
  } catch { say(words.refused); return }
  video.srcObject = stream
  start.hidden = true
  video.hidden = stop.hidden = false
  stop.focus()
  say(words.hold)
  await video.play().catch(() => {})
  look()
})
stop.addEventListener('click', () => { end(); start.focus() })
addEventListener('pagehide', end)

pictures.addEventListener('change', async () => {
  let unread = 0
  for (const file of pictures.files) {
    const picture = await createImageBitmap(file).catch(() => null)
    const text = picture ? read(picture, picture.width, picture.height) : ''
    if (text) seen(text); else unread++
  }
  if (unread > 0) say(words.unread.replace('#', unread))
  pictures.value = ''
})

start.hidden = !navigator.mediaDevices?.getUserMedia
box.hidden = false
