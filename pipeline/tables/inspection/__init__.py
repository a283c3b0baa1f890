"""What `churn inspect` believes of a file, and the parameters it proposes.

`proposal` leads the way: it reads the file or table, `files` tells what it is, `events` keeps the purchases
where it is a log of events, `roles` guesses by the names what each column is, a list of corrections looks at
the values where names do not tell, and a list of detectors says what is to be minded. A detector is a
function of a `log` that yields what it has found, and nothing when in doubt; where it takes a query to set
that right, `query` writes it. To add one, or a correction, write it, and name it in its list in `proposal`.

An optional table is another matter: its contract says what is looked for, so that a new one needs no code
here. `table_proposal` leads the way, `tables` finds its columns, `vocabulary` knows the words of others.

- The words in names of columns, and which role they lead to: `names`.
- How dates and amounts are written: `values`. Objects within objects of JSON lines: `nested`. The lines for
  params.yaml: `snippet`.
- What is not there, or empty: `missing`.
- Whether the columns are what they are taken for: `doubts`, `customers`, `lines`, `money`, `states`, `signs`,
  `references`, `versions`.
"""
