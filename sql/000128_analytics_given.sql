-- What was given is weighed by what items are worth now: in which order it stands is of no use.
drop index analytics_given_most;
