#!/bin/sh
# A CA, a certificate for the node, and one for the user hare: enough to try TLS, for 30 days.
set -eu

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj "/CN=Burrow CA" -keyout ca.key -out ca.pem

certificate() { # NAME SUBJECT EXTENSION
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "$2" -keyout "$1.key" -out "$1.csr"
    printf '%s\n' "$3" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
        -extfile "$1.ext" -out "$1.pem"
    rm "$1.csr" "$1.ext"
}

certificate server "/CN=localhost" "subjectAltName = DNS:localhost, IP:127.0.0.1"
certificate hare "/O=Burrow/CN=hare" "extendedKeyUsage = clientAuth"
