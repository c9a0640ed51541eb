"""Cases through everything: the window at work for weeks and years, with a time that is set and real servers."""
