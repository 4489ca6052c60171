#!/bin/sh
# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Make the certificates of the tests anew, in this folder; needs openssl. They are for tests alone:
# the keys are public. All but expired.pem are valid until the end of the year 9999.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
from=20000101000000Z
until=99991231235959Z

cat > "$work/ca.cnf" <<CONFIG
[ca]
default_ca = tests
[tests]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = names
unique_subject = no
copy_extensions = none
[names]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[here]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost,IP:127.0.0.1
[elsewhere]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:elsewhere.example
CONFIG
: > "$work/index"
echo 1000 > "$work/serial"

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
request() { openssl req -new -key "$1" -subj "/CN=$2" -out "$work/request"; }
sign() { openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/request" "$@"; }

for name in ca other_ca; do
    key "$work/$name.key"
    request "$work/$name.key" "farm_addon tests, $name"
    sign -selfsign -keyfile "$work/$name.key" -extensions authority \
        -startdate "$from" -enddate "$until" -out "$name.pem"
done
key server.key
request server.key "farm_addon tests, server"
by_ca="-cert ca.pem -keyfile $work/ca.key"
sign $by_ca -extensions here -startdate "$from" -enddate "$until" -out server.pem
sign $by_ca -extensions here -startdate "$from" -enddate 20010101000000Z -out expired.pem
sign $by_ca -extensions elsewhere -startdate "$from" -enddate "$until" -out elsewhere.pem
