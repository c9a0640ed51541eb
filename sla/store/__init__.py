"""Where SQL is written: tables, engine, ids, migrations and the queries of each noun."""
