// SPDX-License-Identifier: EUPL-1.2
// Opens the pages that are made to be used without network when there is none. What such a page put aside (its own HTML,
// style, script and icons) is all that it gives; everything else it leaves alone.
addEventListener('fetch', (e) => {
  const q = e.request
  const path = new URL(q.url).pathname
  if (q.method !== 'GET' || !(path.endsWith('/capture') || path.startsWith('/assets/'))) return
  e.respondWith(fetch(q).catch(async () => await caches.match(q.url, { ignoreVary: true }) ?? Response.error()))
})
