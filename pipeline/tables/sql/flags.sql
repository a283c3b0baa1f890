-- Yes or no as shops write it. A column that is not mapped is never set. A list, for DuckDB makes a join of a long IN.
CREATE MACRO is_set(value) AS
    coalesce(list_contains(['1', '1.0', 'true', 't', 'yes', 'y', 'ja', 'j', 'x', 'wahr'], lower(value)), false);

CREATE MACRO is_flag(value) AS
    is_set(value) OR list_contains(['', '0', '0.0', 'false', 'f', 'no', 'n', 'nein', 'falsch'], lower(value));
