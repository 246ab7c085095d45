#!/usr/bin/env bash
# A loudspeaker controller by hand: enrols, learns the time, takes its plan, assembles an asset chunk by chunk, and delivers a
# receipt. Needs curl, openssl, mosquitto_pub, mosquitto_sub and the tools of every Linux, and a broker by mqtt:// or mqtts://
# (those programs speak no WebSocket). Nothing is trusted unseen: each
# signature and each hash is checked as a controller must.
#
#   docs/protocol/by-hand.sh 'VANG1.…' [FOLDER]
#
# SIMULATED=true says at enrolment that no loudspeaker sounds here (only a demo database takes that). The receipt that it
# delivers says `notPlayed`, `stopped`: nothing sounded.
set -euo pipefail

claim=${1:?the text of the QR code}
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"
umask 077

# --- Small things that every step needs -----------------------------------------------------------------------------

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'refused: %s\n' "$*" >&2; exit 1; }
to_base64url() { basenc --base64url --wrap=0 | tr -d '='; }
from_hex() { tr 'a-f' 'A-F' | basenc --base16 -d; }
from_base64url() {
  local text; text=$(cat)
  while [ $((${#text} % 4)) -ne 0 ]; do text="$text="; done
  printf '%s' "$text" | basenc --base64url -d
}
# field NAME: the first value of that name in a JSON text without nesting around it (numbers, letters, booleans).
field() { grep -o "\"$1\":\(\"[^\"]*\"\|[0-9][0-9]*\|true\|false\|null\)" | head -n 1 | sed "s/^\"$1\"://; s/^\"//; s/\"\$//"; }
sha256_hex() { openssl dgst -sha256 -r | cut -d' ' -f1; }
sha256_base64url() { openssl dgst -sha256 -binary | to_base64url; }
# The public key of Ed25519 as openssl wants it: a fixed beginning, then the 32 bytes.
public_key_file() { { printf 302a300506032b6570032100 | from_hex; printf '%s' "$1" | from_base64url; } >"$2"; }
sign() { openssl pkeyutl -sign -inkey key.pem -rawin -in "$1" | to_base64url; }

# open_jws FILE TYPE PUBLIC_KEY: checks the letters as they came, prints the payload.
open_jws() {
  local head body signature
  IFS=. read -r head body signature < <(cat "$1"; echo)
  [ "$(printf '%s' "$head" | from_base64url | field typ)" = "$2" ] || die "$1 is no $2"
  public_key_file "$3" jws.key
  printf '%s.%s' "$head" "$body" >jws.signed
  printf '%s' "$signature" | from_base64url >jws.signature
  openssl pkeyutl -verify -pubin -keyform DER -inkey jws.key -rawin -in jws.signed -sigfile jws.signature >/dev/null 2>&1 ||
    die "$1 is not signed by the key it names"
  printf '%s' "$body" | from_base64url
}
kid_of() { cut -d. -f1 <"$1" | from_base64url | field kid; }
# service_key FILE: the public key that the key set has for the key id of a JWS.
service_key() {
  tr '{' '\n' <keys.json | grep "\"kid\":\"$(kid_of "$1")\"" | field publicKey | grep . || die "$1 names an unknown key"
}

# --- 1. Enrol -------------------------------------------------------------------------------------------------------

[ "${claim#VANG1.}" != "$claim" ] || die 'this is no claim'
printf '%s' "${claim#VANG1.}" | from_base64url >claim.json
url=$(field url <claim.json) code=$(field code <claim.json) root=$(field root <claim.json)

[ -f key.pem ] || openssl genpkey -algorithm ed25519 -out key.pem
public_key=$(openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | to_base64url)
printf 'vang-enrol\n%s\n%s' "$code" "$public_key" >proof.bytes
say "enrolling at $url"
curl -sS --fail-with-body -X POST "$url/api/device/v1/enrolments" -H 'content-type: application/json' -o enrolment.json -d "{
  \"v\":1,\"code\":\"$code\",\"publicKey\":\"$public_key\",\"model\":\"by-hand\",\"serial\":\"BY-HAND-1\",
  \"simulated\":${SIMULATED:-false},\"proof\":\"$(sign proof.bytes)\"}" || die "$(cat enrolment.json)"
device=$(field device <enrolment.json) token=$(field token <enrolment.json)
root_key=$(field rootPublicKey <enrolment.json)
# The claim came by another way than the answer: this comparison is what shuts an impostor out.
[ "$(printf '%s' "$root_key" | from_base64url | sha256_hex)" = "$root" ] || die 'the root key is not the one of the claim'
field keySet <enrolment.json >keys.jws
open_jws keys.jws vang-keys "$root_key" >keys.json
field identity <enrolment.json >identity.jws
open_jws identity.jws vang-identity "$(service_key identity.jws)" >identity.json
[ "$(field publicKey <identity.json)" = "$public_key" ] || die 'the identity is for another key'
say "enrolled as $device"

# --- The way to the broker ------------------------------------------------------------------------------------------

# The shard: FNV-1a (32 bit) of the device id, modulo 64.
shard=$((0x811c9dc5))
for ((at = 0; at < ${#device}; at++)); do
  shard=$((((shard ^ $(printf '%d' "'${device:at:1}")) * 0x01000193) & 0xffffffff))
done
shard=$((shard % 64))
up="vang/v1/shards/$shard/devices/$device" down="vang/v1/devices/$device"

mqtt_url=$(field mqttUrl <enrolment.json)
case $mqtt_url in
  mqtt://* | mqtts://*) ;;
  *) die "mosquitto_pub and mosquitto_sub speak no WebSocket, and the broker is at $mqtt_url" ;;
esac
address=${mqtt_url#*://}
broker=(-h "${address%%:*}" -p "${address##*:}" -u "$device" -P "$token" -V mqttv311)
[ "${mqtt_url%%://*}" = mqtts ] && broker+=(--tls-use-os-certs)
# The device's own client id, and a second one beside it for the hand that asks.
publish() { mosquitto_pub "${broker[@]}" -i "$device" "$@"; }

# ask TOPIC COUNT FILE COMMAND…: listens, runs the command once it is subscribed, and waits for that many messages.
ask() {
  local topic=$1 count=$2 file=$3; shift 3
  rm -f listening; mkfifo listening
  stdbuf -oL mosquitto_sub "${broker[@]}" -i "$device.tool" -t "$topic" -q 1 -C "$count" -W 20 -d -F '>%t %x' >listening 2>&1 &
  local listener=$! line
  : >"$file"
  while IFS= read -r line; do
    case $line in
      *'Subscribed (mid'*) "$@" </dev/null ;;
      '>'*) printf '%s\n' "${line#>}" >>"$file" ;;
    esac
  done <listening
  wait "$listener" || die "nobody answered on $topic"
}
# payload FILE: of the first message that `ask` kept.
payload() { head -n 1 "$1" | cut -d' ' -f2 | from_hex; }

# --- 2. Know the time -----------------------------------------------------------------------------------------------

nonce=$(openssl rand 16 | to_base64url)
ask "$down/time" 1 time.got publish -t "$up/time" -m "{\"v\":1,\"device\":\"$device\",\"nonce\":\"$nonce\"}"
payload time.got >time.jws
open_jws time.jws vang-time "$(service_key time.jws)" >time.json
[ "$(field nonce <time.json)" = "$nonce" ] || die 'this answers another question'
now=$(field serverMs <time.json)
say "the time is $now"

# --- 3. Take the plan -----------------------------------------------------------------------------------------------

ask "$down/plan" 1 plan.got true
payload plan.got >plan.jws
open_jws plan.jws vang-plan "$(service_key plan.jws)" >plan.json
[ "$(field device <plan.json)" = "$device" ] || die 'this plan is for another device'
version=$(field version <plan.json)
say "plan $version"

# --- 4. Fetch: parts and audio --------------------------------------------------------------------------------------

# fetch SHA256 BYTES DESCRIPTOR_SHA256 FILE: over MQTT, each chunk checked by itself; an asset of one chunk is its own hash.
fetch() {
  local sha256=$1 bytes=$2 descriptor=$3 file=$4 count described=0 index hash
  count=$(((bytes + 32767) / 32768))
  [ -z "$descriptor" ] || described=1
  wish() { publish -q 1 -t "$up/wishes" -m "{\"v\":1,\"device\":\"$device\",\"assets\":[{\"sha256\":\"$sha256\"}]}"; }
  ask "vang/v1/assets/$sha256/#" $((count + described)) asset.got wish
  if [ "$described" = 1 ]; then
    grep "/descriptor " asset.got | cut -d' ' -f2 | from_hex >descriptor.json
    [ "$(sha256_hex <descriptor.json)" = "$descriptor" ] || die 'the descriptor is not the one of the plan'
    sed 's/.*"chunks":\[//; s/\].*//' descriptor.json | tr -d '"' | tr ',' '\n' >hashes
  fi
  : >"$file"
  for ((index = 0; index < count; index++)); do
    grep "/chunks/$index " asset.got | head -n 1 | cut -d' ' -f2 | from_hex >chunk
    if [ "$described" = 1 ]; then
      hash=$(sed -n "$((index + 1))p" hashes)
      [ "$(sha256_base64url <chunk)" = "$hash" ] || die "chunk $index is not the one of the descriptor"
    fi
    cat chunk >>"$file"
  done
  [ "$(sha256_hex <"$file")" = "$sha256" ] || die "$file is not the one of the plan"
  say "$file: $(stat -c %s "$file") bytes in $count chunks"
}
# ref TEXT: hash, length and descriptor of an asset in a JSON text.
ref() { printf '%s %s %s' "$(field sha256 <<<"$1")" "$(field bytes <<<"$1")" "$(field descriptor <<<"$1")"; }

part=$(sed 's/.*"parts":\[//' plan.json | tr '}' '\n' | grep '"sha256"' | head -n 1) || die 'the plan has no part yet'
read -r sha256 bytes descriptor <<<"$(ref "$part")"
fetch "$sha256" "$bytes" "$descriptor" part.gz
gunzip -c part.gz >part.json

# The first play. Its fields stand in the order in which the service wrote them.
play_text=$(sed 's/.*"plays":\[//; s/},{"play":.*/}/; s/\]}$//' part.json)
audio=$(sed 's/.*"audio"://' <<<"$play_text")
read -r sha256 bytes descriptor <<<"$(ref "$audio")"
fetch "$sha256" "$bytes" "$descriptor" audio.bin
publish -q 1 -t "$up/plan" -m "{\"v\":1,\"device\":\"$device\",\"version\":$version}"

# The same bytes over HTTP, for a device that prefers to pull: any range of them.
curl -sS --fail -H "authorization: Bearer $device.$token" -r 0-99 -o first.bin "$url/api/device/v1/assets/$sha256"
[ "$(head -c 100 audio.bin | sha256_hex)" = "$(sha256_hex <first.bin)" ] || die 'HTTP and MQTT differ'

# --- 5. The receipt -------------------------------------------------------------------------------------------------

# field_of NAME: a value of the play, as JSON.
field_of() { grep -o "\"$1\":\(\"[^\"]*\"\|[0-9][0-9]*\)" <<<"$play_text" | head -n 1 | sed "s/^\"$1\"://"; }
item=$(sed 's/.*"item"://; s/,"audio":.*//' <<<"$play_text")
level=$(field_of level) interrupted=$(field_of interrupted)
boot_id=$(openssl rand 16 | to_base64url)
area=$(sed 's/.*"area"://; s/}.*/}/' plan.json) cluster=$(sed 's/.*"cluster"://; s/}.*/}/' plan.json)
day=$(field day <part.json)
printf '%s' "{\"v\":1,\"device\":\"$device\",\"boot\":1,\"bootId\":\"$boot_id\",\"seq\":1,\"simulated\":${SIMULATED:-false},\
\"play\":$(field_of play),\"occurrence\":$(field_of occurrence),\"part\":$(field_of part),\"planVersion\":$version,\
\"day\":\"$day\",\"item\":$item,\"audioSha256\":\"$sha256\",\"area\":$area,\"cluster\":$cluster,\
\"planned\":{\"startMs\":$(field_of startMs),\"latestEndMs\":$(field_of latestEndMs),\
\"durationMs\":$(field durationMs <<<"$audio"),\"volume\":$(field_of volume),\"class\":$(field_of class),\"late\":$(field_of late)\
${level:+,\"level\":$level}${interrupted:+,\"interrupted\":$interrupted}},\
\"outcome\":\"notPlayed\",\"cause\":\"stopped\",\"grade\":\"verified\",\"startedAtMs\":null,\"endedAtMs\":null,\
\"playedMs\":0,\"seekMs\":0,\"lateMs\":0,\"volume\":0,\"clock\":{\"trust\":\"trusted\",\"errorMs\":1000}}" >receipt.json

# link = SHA-256(0x01 ‖ link before ‖ SHA-256(receipt)); before the first receipt of a device's life: 64 zeros.
previous=$(printf '0%.0s' {1..64})
link=$({ printf '01%s' "$previous" | from_hex; openssl dgst -sha256 -binary receipt.json; } | sha256_hex)
printf 'vang-receipts\n%s\n1\n1\n1\n%s' "$device" "$link" >batch.bytes
escaped=$(sed 's/\\/\\\\/g; s/"/\\"/g' receipt.json)
printf '%s' "{\"v\":1,\"device\":\"$device\",\"boot\":1,\"first\":1,\"last\":1,\"previous\":\"$previous\",\"link\":\"$link\",\
\"receipts\":[\"$escaped\"],\"signature\":\"$(sign batch.bytes)\"}" >batch.json
ask "$down/acks" 1 ack.got publish -q 1 -t "$up/receipts" -f batch.json
payload ack.got >ack.jws
open_jws ack.jws vang-ack "$(service_key ack.jws)" >ack.json
[ "$(field first <ack.json)" = 1 ] && [ "$(field boot <ack.json)" = 1 ] || die 'another receipt was acknowledged'
grep -q '"quarantined":\[\]' ack.json || die 'the receipt was put into quarantine'
say 'the receipt is stored'
printf '{"device":"%s","planVersion":%s,"audioBytes":%s,"receipt":%s}\n' "$device" "$version" "$bytes" "$(field_of play)"
