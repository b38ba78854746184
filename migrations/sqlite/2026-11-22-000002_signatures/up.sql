-- Signatures in both forms, and keys of both kinds.

-- The form a peer took last; NULL is the draft, with which everybody begins.
ALTER TABLE peer ADD COLUMN signature_form TEXT;

-- `rsa` (PKCS#1 DER) signs requests; `ed25519` (PKCS#8 DER) is published beside it.
ALTER TABLE signing_key ADD COLUMN kind TEXT NOT NULL DEFAULT 'rsa';

-- A peer's further keys: the Multikeys of `assertionMethod`, as its document shows them. The one in
-- `publicKey` stays in actor, because nearly everybody has no other and signs with that.
CREATE TABLE assertion_key (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    key_id TEXT NOT NULL,
    multibase TEXT NOT NULL,
    PRIMARY KEY (actor_id, key_id)
);
CREATE INDEX assertion_key_id ON assertion_key (key_id);
