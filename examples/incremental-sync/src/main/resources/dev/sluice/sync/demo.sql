-- The demo's sample data: the same rows in every run, all of them some time old.

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    balance numeric(12, 2) NOT NULL,
    deleted_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON customers (updated_at, id);

CREATE TABLE products (
    sku text PRIMARY KEY,
    title text NOT NULL,
    price numeric(8, 2) NOT NULL,
    tags text[] NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON products (updated_at, sku);

CREATE TABLE orders (
    order_id bigint NOT NULL,
    line int NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers,
    sku text NOT NULL REFERENCES products,
    quantity int NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, line)
);
CREATE INDEX ON orders (updated_at, order_id, line);

INSERT INTO customers (id, email, name, balance, updated_at)
SELECT md5('customer ' || n)::uuid,
       'office' || n || '@example.com',
       (ARRAY['Copper', 'Harbour', 'Willow', 'Northern', 'Garden'])[1 + n % 5] || ' '
           || (ARRAY['Bakery', 'Books', 'Cycles', 'Tea House'])[1 + n % 4] || ' ' || n,
       (n * 7919 % 100000) / 100.0,
       timestamptz '2025-01-01 00:00:00.123456+00' + n * interval '61 minutes'
FROM generate_series(1, 1000) AS n;

INSERT INTO products (sku, title, price, tags, updated_at)
SELECT 'P-' || lpad(n::text, 4, '0'),
       (ARRAY['Lamp', 'Chair', 'Table', 'Shelf'])[1 + n % 4] || ' No. ' || n,
       (n * 613 % 20000) / 100.0,
       ARRAY[CASE WHEN n % 2 = 0 THEN 'oak' ELSE 'steel' END, 'range ' || n % 7],
       timestamptz '2025-01-01 00:00:00+00' + n * interval '1 day'
FROM generate_series(1, 50) AS n;

INSERT INTO orders (order_id, line, customer_id, sku, quantity, updated_at)
SELECT n, line,
       md5('customer ' || 1 + n * 37 % 1000)::uuid,
       'P-' || lpad((1 + (n * 11 + line) % 50)::text, 4, '0'),
       1 + (n + line) % 9,
       timestamptz '2025-03-01 00:00:00+00' + n * interval '17 minutes'
FROM generate_series(1, 2000) AS n, generate_series(1, 3) AS line
WHERE line <= 1 + n % 3;

ANALYZE;
