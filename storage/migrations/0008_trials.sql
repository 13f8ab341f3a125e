-- Commands of repositories that are to be tried, for whoever named them: a stop of the bot loses none.
CREATE TABLE trials (
    repository INTEGER NOT NULL REFERENCES repositories (id),
    kind       TEXT    NOT NULL,
    revision   INTEGER NOT NULL,  -- of the repository as it was named: what was named since takes its place
    chat       INTEGER NOT NULL,  -- who is told
    PRIMARY KEY (repository, kind)
) STRICT;
