// SPDX-License-Identifier: EUPL-1.2

package post

// Batched takes a request apart that carries several messages; nil for any other.
func Batched(media string, body []byte) [][]byte {
	if media != batchMedia {
		return nil
	}
	parts, err := unpackBatch(body)
	if err != nil {
		return nil
	}
	return parts
}
