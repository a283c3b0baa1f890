SELECT place FROM equal_rows
