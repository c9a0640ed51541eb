"""The office's own pages: what an administrator looks after and an auditor reads. One module a page; `hub` leads to
all."""
