#!/bin/sh
# A client that must try again when the server fails once.
set -eu
folder=$(mktemp -d)
"${IDPSTORE_BIN:-idpstore}" serve --port 0 --harness > "$folder/address" 2> /dev/null &
server=$!
trap 'kill "$server"; rm -r "$folder"' EXIT
until grep -q listening "$folder/address"; do sleep 0.1; done
url=$(sed 's/^listening on //' "$folder/address")

control() {
    curl --silent --show-error --fail --request "$1" "$url/_idpstore/harness/$2" --header 'Content-Type: application/json' --data "${3-}"
}

control POST faults '{"operation": "listIdentityProviders", "status": 503, "times": 1}' > /dev/null
list=$(curl --silent --fail --retry 3 --retry-delay 1 "$url/api/v1/idps")
[ "$list" = '[]' ] || { echo "the list is $list"; exit 1; }
statuses=$(control GET requests | grep -o '"status":[0-9]*' | tr '\n' ' ')
[ "$statuses" = '"status":503 "status":200 ' ] || { echo "answered $statuses"; exit 1; }
echo 'it has tried again'
