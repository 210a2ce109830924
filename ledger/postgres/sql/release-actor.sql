update actor set version = version + 1, node = null where id = $1 and epoch = $2 and version = $3 returning id
