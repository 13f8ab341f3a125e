-- Topics that are closed or gone: what belongs there is told outside until Telegram takes it there again.
CREATE TABLE closed_topics (
    chat   INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    PRIMARY KEY (chat, thread)
) STRICT;
