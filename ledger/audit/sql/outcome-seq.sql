select first_seq from outcome where id = $1
