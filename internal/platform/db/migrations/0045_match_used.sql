-- +goose Up
-- What of a quota is used is added up from the index alone: rows hold sealed questions of several kilobytes.
DROP INDEX match_question_epoch;
CREATE INDEX match_question_used ON match_question (owner, epoch, elements);

-- +goose Down
DROP INDEX match_question_used;
CREATE INDEX match_question_epoch ON match_question (owner, epoch);
