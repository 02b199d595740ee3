-- The same certificate at two identities is refused; it is looked for at every submission.
create index certificate_by_fingerprint on certificate (fingerprint_sha256);

-- What the applier saw in a Secret when it last looked, to hold against a certificate's own fingerprints: SHA-256 of tls.crt,
-- of tls.key's public key, of ca.crt. Never what the Secret holds. Null for other objects, and if nothing was seen.
alter table observed_object add column fingerprints jsonb;
