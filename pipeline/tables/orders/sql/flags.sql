-- Yes or no as shops write it. A column that is not mapped is never set. Patterns, for DuckDB makes a join of
-- a long list, also where the column is NULL throughout.
CREATE MACRO is_set(value) AS
    coalesce(regexp_full_match(value, '(?i)1(\.0)?|t(rue)?|y(es)?|ja?|x|wahr'), false);

CREATE MACRO is_flag(value) AS
    is_set(value) OR regexp_full_match(value, '(?i)(0(\.0)?|f(alse)?|no?|nein|falsch)?');
