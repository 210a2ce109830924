update account a set balance = u.balance, held = u.held, frozen = u.frozen, version = a.version + u.changes
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::int[]) u(id, balance, held, frozen, changes)
where a.id = u.id
