-- A dialogue is with one person in one place, so that nobody's question in a group replaces another's.
CREATE TABLE dialogues_of_people (
    chat   INTEGER NOT NULL,
    user   INTEGER NOT NULL,
    thread INTEGER NOT NULL, -- the topic; 0 outside topics
    name   TEXT    NOT NULL,
    facts  TEXT    NOT NULL, -- JSON
    PRIMARY KEY (chat, user, thread)
) STRICT;

INSERT INTO dialogues_of_people (chat, user, thread, name, facts)
SELECT chat, COALESCE(json_extract(facts, '$.user'), chat), 0, name, facts FROM dialogues;

DROP TABLE dialogues;

ALTER TABLE dialogues_of_people RENAME TO dialogues;
