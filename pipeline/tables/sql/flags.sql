-- Yes or no as shops write it. A column that is not mapped is never set.
CREATE MACRO is_set(value) AS coalesce(lower(value) IN ('1', '1.0', 'true', 't', 'yes', 'y', 'ja', 'j', 'x', 'wahr'), false);

CREATE MACRO is_flag(value) AS
    is_set(value) OR lower(value) IN ('', '0', '0.0', 'false', 'f', 'no', 'n', 'nein', 'falsch');
