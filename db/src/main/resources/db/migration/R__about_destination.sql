-- Which destination a resource is about: lists of requests are narrowed by it, and it says how many approvals a request takes. A resource has
-- at most one row. Functions of other repeatable migrations use this view; they run later, in the order of their names.

create or replace view about_destination with (security_invoker = true) as
    select id as resource_id, destination_id from identity;
