-- Once the decimal sign is known.
CREATE OR REPLACE MACRO read_number(value) AS
    CASE WHEN is_amount(number_text(value)) THEN read_amount(number_text(value)) END;
