DELETE FROM job WHERE kind IN ('close_poll', 'tell_voters', 'send_vote', 'send_poll_counts');
DELETE FROM notice WHERE kind = 'poll-ended';
UPDATE post SET kind = 'question' WHERE kind = 'poll';
DROP TABLE poll_vote;
DROP TABLE poll_choice;
DROP TABLE poll;
