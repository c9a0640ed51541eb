"""What people see in a browser: Today, one case, the rates. Server-rendered in Chinese and English; needs no script."""
