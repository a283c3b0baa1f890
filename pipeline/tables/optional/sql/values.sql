-- What other programs write for nothing. NA and none are left alone in texts: Namibia, "no brand".
CREATE OR REPLACE MACRO given(value) AS
    CASE WHEN length(value) > 4 OR NOT regexp_full_match(value, '(?i)(null|nan|n/a|#n/a|\\n)?')
         THEN value END;

CREATE OR REPLACE MACRO given_key(value) AS
    CASE WHEN NOT is_no_id(value) THEN value END;

CREATE OR REPLACE MACRO read_flag(value) AS CASE
    WHEN lower(value) IN ('true', 't', '1', '1.0', 'yes', 'y', 'ja', 'j', 'x', 'wahr') THEN TRUE
    WHEN lower(value) IN ('false', 'f', '0', '0.0', 'no', 'n', 'nein', 'falsch') THEN FALSE
END;

CREATE OR REPLACE MACRO holds_email(value) AS
    contains(value, '@') AND regexp_matches(value, '[^\s@]@[^\s@]+\.[^\s@]');
