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
SELECT
    chat, COALESCE(json_extract(facts, '$.user'), chat), 0, name,
    CASE name -- what it asks about goes by another name now
        WHEN 'still_open' THEN json_set(json_remove(facts, '$.name'), '$.about', json_extract(facts, '$.name'))
        ELSE facts
    END
FROM dialogues;

DROP TABLE dialogues;

ALTER TABLE dialogues_of_people RENAME TO dialogues;
