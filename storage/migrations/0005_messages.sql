-- What was said in runs, up to the newest answer of the model: a row each, so that a step writes only what is new.
CREATE TABLE agent_messages (
    run     INTEGER NOT NULL REFERENCES agent_runs (id),
    place   INTEGER NOT NULL, -- from 0
    message TEXT    NOT NULL, -- JSON
    PRIMARY KEY (run, place)
) STRICT;

INSERT INTO agent_messages (run, place, message)
SELECT agent_runs.id, said.key, said.value FROM agent_runs, json_each(agent_runs.messages) AS said
WHERE agent_runs.messages <> '';

ALTER TABLE agent_runs DROP COLUMN messages;
