module github.com/entraide-thb/entraide/test/peer/names

go 1.26.0

require (
	github.com/antzucaro/matchr v0.0.0-20221106193745-7bed6ef61ef9
	github.com/mozillazg/go-unidecode v0.2.0
)
