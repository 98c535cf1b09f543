// SPDX-License-Identifier: EUPL-1.2

package explorer

// ScriptWords are the keys that the script is given.
var ScriptWords = scriptWords
