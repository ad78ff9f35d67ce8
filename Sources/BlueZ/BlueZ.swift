// The BlueZ layer.
