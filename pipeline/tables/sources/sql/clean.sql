-- One notion of an empty value for every source: blanks of any kind at the ends mean nothing. \x{a0} and
-- \x{202f} are no-break spaces, \x{feff} is a byte order mark that a joined file carries inside.
CREATE OR REPLACE MACRO clean(value) AS CASE
    WHEN value IS NULL THEN ''
    -- Nearly every value begins and ends in a visible ASCII character, and this is cheaper than a pattern.
    WHEN unicode(value) BETWEEN 33 AND 126 AND value[-1] BETWEEN '!' AND '~' THEN value
    WHEN regexp_matches(value, '^[\s\x{a0}\x{202f}\x{feff}]|[\s\x{a0}\x{202f}\x{feff}]$') THEN
        regexp_extract(value, '^[\s\x{a0}\x{202f}\x{feff}]*((?s:.*?))[\s\x{a0}\x{202f}\x{feff}]*$', 1)
    ELSE value
END;

-- What programs write for no id. Shortest first: a pattern is dearer than a length.
CREATE OR REPLACE MACRO is_no_id(value) AS
    strlen(value) <= 4 AND regexp_full_match(value, '(?i)(null|none|nan|na|n/a|#n/a|\\n)?');

-- The kind of a value, for the quarantine: enough to find the fault, nothing of the value itself.
CREATE OR REPLACE MACRO value_class(value) AS CASE
    WHEN value = '' THEN 'empty'
    WHEN regexp_full_match(value, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?') THEN
        CASE WHEN NOT regexp_matches(value, '^[^eE]*[1-9]') THEN 'zero'
             WHEN starts_with(value, '-') THEN 'number below zero'
             ELSE 'number above zero' END
    ELSE 'text of ' || length(value) || ' characters'
END;
