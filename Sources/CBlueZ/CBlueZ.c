#include "CBlueZ.h"

#include <bluetooth/bluetooth.h>

const char *cbluez_company_name(uint16_t identifier) { return bt_compidtostr(identifier); }
