-- What stands around a number is taken off; what is left is judged and read by the chosen decimal sign.
CREATE OR REPLACE MACRO is_bare(value) AS regexp_full_match(value, '[+-]?[0-9.,]*');

CREATE OR REPLACE MACRO currency_mark(value) AS
    CASE WHEN is_bare(value) THEN '' ELSE regexp_extract(value,
        'US\$|R\$|€|\$|£|¥|₽|₺|₹|zł|Kč|\bFt\b|\blei\b|\bkr\b\.?|\bFr\.|\b(?:$currencies)\b|^(?:$currencies)|(?:$currencies)$')
    END;

-- One kind of blank, apostrophe and minus: 160, 8201, 8239 are spaces, 8217 an apostrophe, 8722 a minus.
CREATE OR REPLACE MACRO unmarked(value) AS
    trim(translate(replace(value, currency_mark(value), ''),
                   chr(160) || chr(8201) || chr(8239) || chr(8217) || chr(8722), '   ''-'));

-- "12,-" is a round sum; "12-" and "(12)" are below zero; "- 12" is "-12".
CREATE OR REPLACE MACRO signed(text) AS
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(text, '[.,] ?[-–—]+$', ''),
                '^([^-]*[^- ]) *-$', '-\1'),
            '^\( *(.*[^ ]) *\)$', '-\1'),
        '^([+-]) +', '\1');

CREATE OR REPLACE MACRO number_text(value) AS
    CASE WHEN is_bare(value) THEN value ELSE signed(unmarked(value)) END;

-- Two decimals of 18 digits are multiplied as one of 18, with an error where it has not room enough; with
-- more digits it takes six times as long.
CREATE OR REPLACE MACRO of_units(price, units) AS
    CASE WHEN abs(price) < 1_000_000 AND abs(units) < 10_000 THEN CAST(price * units AS DECIMAL(18, 4))
         ELSE TRY_CAST(price::DECIMAL(38, 4) * units AS DECIMAL(18, 4)) END;
