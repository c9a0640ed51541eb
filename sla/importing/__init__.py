"""Cases from somebody else's files: a table read row by row, what its columns mean, and what each row comes to. Pure
but for the reading of the files; nothing is written here."""
