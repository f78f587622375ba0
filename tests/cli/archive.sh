# A small archive for the tests of dateline-query; source it: . "$TESTS/archive.sh"
cat >archive.jsonl <<'END'
{"id":"q1","date":"2024-03-22","title":"Quake strikes Ellery","body":"A strong earthquake shook the harbour on Friday. Nobody was hurt, the mayor said.\n\nThe quakes went on all night, and running water failed.","source":"Strait Wire","author":"Jane Doe","section":"News"}
{"id":"q2","date":"2024-03-23","title":"After the quake","body":"Engineers inspect the bridge. The prime minister visits Ellery on Sunday.","source":"Strait Wire","tags":["quake","bridge"]}
{"id":"t1","date":"2023-06-01","title":"Tax cuts debated","body":"The minister of finance spoke of tax cuts and of a new duty on tea. Prime cuts of beef are not taxed.","source":"Chronicle"}
{"id":"t2","date":"2023-06","title":"Duty on tea","body":"A duty on tea is a tax, said the grocers; AT&T's clerks agreed to run a petition.","source":"Chronicle"}
{"id":"u1","title":"Undated leaflet","body":"Running a tea house without a date."}
{"id":"o1","date":"1895","title":"","body":"The steam ferry ran aground near the lighthouse in fog. All passengers were saved."}
{"id":"e1","date":"2022-01-02","title":"Escape \u001b[31mred\u001b[0m","body":"A title with \u202econtrols and a tab\there. Zebra \u001b]0;evil\u0007 stripes."}
{"id":"f1","date":"2021-07-14","title":"Fête à la mairie","body":"Les élus ont dansé. L'été commence, les courses aussi.","lang":"fr"}
{"id":"j1","date":"2020-05-05","title":"東京の天気","body":"東京都は晴れ。明日は雨が降るでしょう。","lang":"ja"}
{"id":"s p%1","date":"2019-01-01","title":"Comma, \"quoted\"","body":"An id with a blank and a percent sign about walruses."}
END
dateline-index --index idx update archive.jsonl >/dev/null 2>&1 || exit 1
cat >mask <<'END'
#!/bin/sh
# Scores belong to the tests of ranking: S stands for one here.
exec sed -E 's/"score":[0-9.]+/"score":S/; s/\t[0-9]+(\.[0-9]+)?\t/\tS\t/; s/ [0-9.]+ dateline$/ S dateline/; s/^(([^,]*,)?[0-9-]*),[0-9.]+,/\1,S,/'
END
chmod +x mask
